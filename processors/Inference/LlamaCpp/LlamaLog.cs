using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.LlamaCpp;

/// <summary>Severity of a log line of libllama; values are <c>ggml_log_level</c>'s.</summary>
public enum LlamaLogLevel
{
    None,
    Debug,
    Info,
    Warn,
    Error,

    /// <summary>Goes on the line before.</summary>
    Continue,
}

/// <summary>What libllama says, kept off stderr: its last warnings and errors explain a failure.</summary>
public static unsafe class LlamaLog
{
    private const int Kept = 6;
    private static readonly Lock Gate = new();
    private static readonly Queue<string> Recent = new();

    /// <summary>Called with each line, on whichever thread libllama wrote it. Must be quick and must not throw.</summary>
    public static Action<LlamaLogLevel, string>? Sink { get; set; }

    internal static void Install() => NativeMethods.llama_log_set(&OnLine, null);

    /// <summary>The last warnings and errors, joined, and forgets them; a fixed text where there is none.</summary>
    internal static string TakeReason()
    {
        lock (Gate)
        {
            var reason = string.Join("; ", Recent);
            Recent.Clear();
            return reason.Length == 0 ? "libllama gave no reason" : reason;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLine(int level, byte* text, void* userData)
    {
        // An exception must not unwind through C; a line that cannot be kept is no reason to fail.
        try
        {
            Keep((LlamaLogLevel)level, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        }
        catch (Exception e) when (e is OutOfMemoryException or InvalidOperationException)
        {
        }
    }

    private static void Keep(LlamaLogLevel level, ReadOnlySpan<byte> text)
    {
        var line = Printable.Escape(Encoding.UTF8.GetString(text.TrimEnd("\n"u8)));
        Sink?.Invoke(level, line);
        if (level is not (LlamaLogLevel.Warn or LlamaLogLevel.Error))
        {
            return;
        }

        lock (Gate)
        {
            Recent.Enqueue(line);
            if (Recent.Count > Kept)
            {
                Recent.Dequeue();
            }
        }
    }
}
