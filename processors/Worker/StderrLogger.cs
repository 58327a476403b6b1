using System.Globalization;
using Microsoft.Extensions.Logging;
using Syscribe.Alerts;

namespace Syscribe.Worker;

/// <summary>Logs one line a message, <c>time level message</c>; standard output is left to alerts.</summary>
internal sealed class StderrLogger(TextWriter output, LogLevel least, TimeProvider time) : ILogger
{
    private readonly Lock _lock = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            foreach (var line in formatter(state, exception).Split('\n'))
            {
                output.WriteLine($"{now} {Name(logLevel)} {PrintableText.Of(line)}");
            }
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}
