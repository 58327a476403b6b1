using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Local.View;

/// <summary>An alert as the views show it: when, how grave, who saw it, what.</summary>
/// <param name="Time">Time of the event.</param>
/// <param name="Priority">Falco's word for the priority.</param>
/// <param name="Detector"><c>rule</c>; <c>llm</c>, the model and no rule; <c>both</c>, the model where a rule alerted, too.</param>
/// <param name="Rule">Rule name.</param>
/// <param name="Message">The rule's output, free of control characters.</param>
/// <param name="LatencyMs">From kernel timestamp to the alert topic; null for replayed events.</param>
public sealed record AlertLine(
    DateTimeOffset Time, string Priority, string Detector, string Rule, string Message, double? LatencyMs)
{
    /// <summary>The line for <paramref name="alert"/>.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="latencyMs">From kernel timestamp to the alert topic; null for replayed events.</param>
    /// <param name="both">Whether it is the model's and a rule alerted on the same event.</param>
    public static AlertLine Of(AlertRecord alert, double? latencyMs, bool both = false)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var time = DateTimeOffset.UnixEpoch.AddTicks(alert.TimeNs / TimeSpan.NanosecondsPerTick);
        return new AlertLine(time, Word(alert.Priority.ToString()), both ? "both" : alert.Detector.ToString().ToLowerInvariant(), alert.Rule, alert.Message, latencyMs);
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var latency = LatencyMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"  {ms:F1} ms") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Time.ToLocalTime():HH:mm:ss.fff} {Priority,-13} {Detector,-4} {Rule}: {Message}{latency}");
    }

    private static string Word(string symbol) => symbol[..1].ToUpperInvariant() + symbol[1..].ToLowerInvariant();
}
