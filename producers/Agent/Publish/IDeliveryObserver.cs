namespace Syscribe.Agent.Publish;

/// <summary>Told how records end. Called on the thread that serves the producer; must not throw, C code is below it.</summary>
internal interface IDeliveryObserver
{
    /// <summary>One record is acknowledged (<paramref name="error"/> 0) or given up.</summary>
    /// <param name="error">librdkafka's error code.</param>
    /// <param name="bytes">Key and payload.</param>
    /// <param name="latencyUs">Microseconds since the record was queued; -1 where it is not sampled.</param>
    void Ended(int error, long bytes, long latencyUs);

    /// <summary>Something is wrong between this client and the cluster; librdkafka goes on trying.</summary>
    void ClusterError(int error, string reason);
}
