namespace Syscribe.Agent.Publish;

/// <summary>
/// Turns what librdkafka says of its connections into lines for a person: once when the cluster goes away, at intervals
/// while it is away, once when it is back. Used by the publishing thread; librdkafka's errors come on it too.
/// </summary>
internal sealed class ClusterWatch(string address, Action<string> say, TimeProvider clock)
{
    private long _saidAt;
    private bool _awaySaid;
    private int _refusedSaid;

    /// <summary>What was last wrong with the connection; null if nothing was, or it is over.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the last word of the cluster was an answer, not an error.</summary>
    public bool IsReachable { get; private set; }

    /// <summary>The cluster acknowledged something.</summary>
    public void Answered()
    {
        if (_awaySaid)
        {
            say($"Kafka at {address} answers again.");
        }

        _awaySaid = false;
        Reason = null;
        IsReachable = true;
    }

    /// <summary>librdkafka tells of a connection or of the cluster as a whole.</summary>
    public void Failed(int error, string reason)
    {
        Reason = reason;
        if (error == NativeMethods.AllBrokersDown)
        {
            IsReachable = false;
            Say("is not reachable");
        }
        else if (error is not (NativeMethods.TransportFailed or NativeMethods.ResolveFailed or NativeMethods.TimedOut))
        {
            say($"Kafka at {address}: {reason}.");
        }
    }

    /// <summary>The cluster would not take a record; said once per kind of error.</summary>
    public void Refused(int error)
    {
        if (error != _refusedSaid && error is not (NativeMethods.PurgedFromQueue or NativeMethods.PurgedInflight))
        {
            _refusedSaid = error;
            say($"Kafka at {address} refused a record: {NativeMethods.ErrorText(error)}. It is counted as dropped (delivery).");
        }
    }

    /// <summary>Says again that the cluster is away, if it is and the last time is long ago.</summary>
    public void Remind()
    {
        if (_awaySaid && clock.GetElapsedTime(_saidAt) >= AgentConstants.RemindInterval)
        {
            _awaySaid = false;
            Say("is still not reachable");
        }
    }

    /// <summary>Says that the cluster is away, unless that is already said.</summary>
    public void Say(string state)
    {
        if (_awaySaid)
        {
            return;
        }

        _awaySaid = true;
        _saidAt = clock.GetTimestamp();
        say($"Kafka at {address} {state} ({Reason ?? "no answer"}); waiting for it.");
    }
}
