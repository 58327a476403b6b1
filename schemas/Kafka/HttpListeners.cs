using System.Net;

namespace Syscribe.Kafka;

/// <summary>Opens HTTP ports.</summary>
public static class HttpListeners
{
    private const int Tries = 20;

    /// <summary>A listener that has started.</summary>
    /// <param name="prefixes">What it answers for, as <c>http://*:9400/</c>.</param>
    /// <exception cref="HttpListenerException">The port is in use or may not be used.</exception>
    public static HttpListener Start(params ReadOnlySpan<string> prefixes)
    {
        for (var tries = 1; ; tries++)
        {
            var listener = new HttpListener();
            foreach (var prefix in prefixes)
            {
                listener.Prefixes.Add(prefix);
            }

            try
            {
                listener.Start();
                return listener;
            }
            catch (ArgumentNullException) when (tries < Tries)
            {
                // .NET's listener accepts before it is whole: a client that connects at that moment, a probe for one, makes it lock
                // a field that is still null. Nothing holds its socket then, and the port is free once that is collected.
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }
}
