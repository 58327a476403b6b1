using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Syscribe.Pipeline.Consuming;

/// <summary>
/// Says that the broker cannot be reached: once when it goes away, again at intervals, and once when it is back. The
/// client itself reports each failed attempt, many a second. One thread.
/// </summary>
internal sealed class BrokerWatch(string operation, string servers, TimeSpan interval, TimeProvider time, ILogger log)
{
    private string? _reason;
    private string? _lastTransportError;
    private long _since;
    private long _said;

    public bool IsAway => _reason is not null;

    /// <summary>Takes a non-fatal error of the client.</summary>
    public void Saw(Error error)
    {
        // One connection that breaks is the client's daily business, and the message that explains why all are down.
        if (error.Code is ErrorCode.Local_Transport or ErrorCode.Local_Resolve)
        {
            _lastTransportError = error.Reason;
            return;
        }

        var first = _reason is null;
        _reason = error.Code == ErrorCode.Local_AllBrokersDown && _lastTransportError is not null
            ? _lastTransportError
            : error.Reason;
        if (first)
        {
            _since = _said = time.GetTimestamp();
            LogMessages.BrokerAway(log, operation, servers, _reason);
        }
    }

    public void Remind()
    {
        if (_reason is not null && time.GetElapsedTime(_said) >= interval)
        {
            _said = time.GetTimestamp();
            LogMessages.BrokerStillAway(log, operation, servers, time.GetElapsedTime(_since).TotalSeconds, _reason);
        }
    }

    public void Back()
    {
        if (_reason is not null)
        {
            LogMessages.BrokerBack(log, operation, servers, time.GetElapsedTime(_since).TotalSeconds);
            _reason = null;
        }
    }
}
