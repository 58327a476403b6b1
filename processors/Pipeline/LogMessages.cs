using Microsoft.Extensions.Logging;

namespace Syscribe.Pipeline;

/// <summary>Every message of this project. Numbers are stable.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Warning, "{Operation} on {Servers}: waiting for the broker: {Reason}. It goes on by itself once the broker answers; if this lasts, check --bootstrap, the network and the topic.")]
    public static partial void BrokerAway(ILogger log, string operation, string servers, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Operation} on {Servers}: still waiting for the broker after {Seconds:F0} s: {Reason}.")]
    public static partial void BrokerStillAway(ILogger log, string operation, string servers, double seconds, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Operation} on {Servers}: the broker answers again after {Seconds:F1} s.")]
    public static partial void BrokerBack(ILogger log, string operation, string servers, double seconds);

    [LoggerMessage(4, LogLevel.Information, "Assigned partitions of {Topic}: {Partitions}.")]
    public static partial void Assigned(ILogger log, string topic, string partitions);

    [LoggerMessage(5, LogLevel.Information, "Revoked partitions of {Topic}: {Partitions}; their records in flight are {Outcome}.")]
    public static partial void Revoked(ILogger log, string topic, string partitions, string outcome);

    [LoggerMessage(6, LogLevel.Warning, "Lost partitions of {Topic}: {Partitions}. Nothing is committed; their new owner reads on from the last commit.")]
    public static partial void Lost(ILogger log, string topic, string partitions);

    [LoggerMessage(7, LogLevel.Warning, "Commit of {Topic} failed: {Reason}. It is tried again with the next offsets; records may be read twice.")]
    public static partial void CommitFailed(ILogger log, string topic, string reason);

    [LoggerMessage(12, LogLevel.Debug, "Commit of {Topic} put off: {Reason}.")]
    public static partial void CommitDeferred(ILogger log, string topic, string reason);

    [LoggerMessage(8, LogLevel.Warning, "Stop of {Topic}: {Pending} batches in flight are unfinished after {Seconds:F0} s and are read again later.")]
    public static partial void DrainTimedOut(ILogger log, string topic, int pending, double seconds);

    [LoggerMessage(9, LogLevel.Warning, "Leaving the group of {Topic} failed: {Reason}. The broker drops the member after its session timeout.")]
    public static partial void CloseFailed(ILogger log, string topic, string reason);

    [LoggerMessage(11, LogLevel.Error, "Consume {Topic}: the group has evicted this consumer: {Reason}. Its records are read again by the next owner.")]
    public static partial void PollIntervalExceeded(ILogger log, string topic, string reason);

    [LoggerMessage(10, LogLevel.Debug, "librdkafka {Facility}: {Message}")]
    public static partial void Client(ILogger log, string facility, string message);

    [LoggerMessage(20, LogLevel.Error, "The rules pipeline failed and starts again in {Seconds:F1} s, from the last commit: {Reason}")]
    public static partial void Restarting(ILogger log, double seconds, string reason);

    [LoggerMessage(21, LogLevel.Warning, "Write of {Count} alerts to {Name} failed: {Reason}. They are in the alert topic.")]
    public static partial void AlertLogFailed(ILogger log, string name, int count, string reason);

    [LoggerMessage(30, LogLevel.Error, "The inference pipeline failed and starts again in {Seconds:F1} s, from the last commit: {Reason}")]
    public static partial void InferenceRestarting(ILogger log, double seconds, string reason);
}
