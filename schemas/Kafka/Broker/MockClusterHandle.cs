using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Kafka;

/// <summary>A librdkafka client and the mock cluster that lives in it; both end with the handle.</summary>
internal sealed unsafe class MockClusterHandle : SafeHandle
{
    private const int ErrorBytes = 512;

    private nint _client;

    private MockClusterHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    public static MockClusterHandle Open(int brokers)
    {
        var cluster = new MockClusterHandle();
        cluster._client = NewClient();
        cluster.SetHandle(NativeMethods.ClusterNew(cluster._client, brokers));
        if (!cluster.IsInvalid)
            return cluster;

        NativeMethods.Destroy(cluster._client);
        cluster.Dispose();
        throw new InvalidOperationException($"librdkafka made no mock cluster of {brokers} brokers");
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.ClusterDestroy(handle);
        NativeMethods.Destroy(_client);
        return true;
    }

    private static nint NewClient()
    {
        var error = stackalloc byte[ErrorBytes];
        var conf = NativeMethods.ConfNew();
        // The client only hosts the cluster; 0 is LOG_EMERG.
        Check(NativeMethods.ConfSet(conf, "client.id", "embedded-broker", error, ErrorBytes), error);
        Check(NativeMethods.ConfSet(conf, "log_level", "0", error, ErrorBytes), error);
        var client = NativeMethods.New(NativeMethods.Producer, conf, error, ErrorBytes);
        if (client != 0)
            return client;

        NativeMethods.ConfDestroy(conf);
        throw new InvalidOperationException($"librdkafka made no client: {Text(error)}");
    }

    private static void Check(int result, byte* error)
    {
        if (result != 0)
            throw new InvalidOperationException($"librdkafka refused a setting: {Text(error)}");
    }

    private static string Text(byte* error) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(error));
}
