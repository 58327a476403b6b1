using Microsoft.Extensions.Logging;
using Syscribe.Local.View;

namespace Syscribe.Local;

/// <summary>What the worker logs, as lines of the view: information and worse.</summary>
internal sealed class ViewLogger(IRunView view) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            view.Note(formatter(state, exception));
        }
    }
}
