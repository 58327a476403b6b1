using Microsoft.Extensions.Logging;

namespace Syscribe.Worker;

/// <summary>Every message of this project. Numbers are stable.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(101, LogLevel.Information, "Rules: {Count} enabled from {Source}, digest {Digest}.")]
    public static partial void RulesLoaded(ILogger log, int count, string source, string digest);

    [LoggerMessage(102, LogLevel.Error, "Reload of rules failed; those loaded before stay in use. {Reason}")]
    public static partial void ReloadFailed(ILogger log, string reason);

    [LoggerMessage(103, LogLevel.Information, "Rules read again: they say the same, digest {Digest}.")]
    public static partial void RulesUnchanged(ILogger log, string digest);

    [LoggerMessage(104, LogLevel.Information, "Stopping: finishing what is in flight.")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(105, LogLevel.Warning, "The pipeline did not stop within {Seconds:F0} s; records in flight are read again by the next worker.")]
    public static partial void StopTimedOut(ILogger log, double seconds);

    [LoggerMessage(106, LogLevel.Information, "Reading {Topic} from {Servers} as group {Group}.")]
    public static partial void Started(ILogger log, string topic, string servers, string group);

    [LoggerMessage(107, LogLevel.Information, "Model: {Answers} answers, digest {Digest}.")]
    public static partial void ModelLoaded(ILogger log, int answers, string digest);

    [LoggerMessage(109, LogLevel.Information, "Rules compare addresses with {Count} domain names, which are asked for in the background; --resolve-names false asks for none.")]
    public static partial void NamesResolved(ILogger log, int count);

    [LoggerMessage(111, LogLevel.Information, "The model's alerts are checked by the {Count} enabled rules of {Name}, digest {Digest}.")]
    public static partial void AlertsChecked(ILogger log, int count, string name, string digest);

    [LoggerMessage(110, LogLevel.Warning, "{Count} of the model's alerts are of no rule in force, as \"{First}\": they are raised unchecked.")]
    public static partial void AlertsUnchecked(ILogger log, int count, string first);

    [LoggerMessage(108, LogLevel.Critical, "The model has failed for good: {Reason}. Records in flight are read again by the next worker.")]
    public static partial void ModelFailed(ILogger log, string reason);
}
