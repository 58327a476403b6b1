namespace Syscribe.Agent.Tests;

public sealed class AgentOptionsTests
{
    [Fact]
    public void Everything_wrong_is_named_in_one_message_with_what_is_allowed()
    {
        var options = new AgentOptions
        {
            Bootstrap = "broker",
            SchemaRegistry = "registry:8081",
            Node = "a/b",
            MetricsPort = 65536,
            RingMegabytes = 24,
            DataBytes = 257,
            ExcludeSyscalls = ["read"],
            OnlySyscalls = ["open"],
            Replay = new ReplayOptions("file") { Speed = 0 },
        };

        var error = Assert.Throws<AgentException>(() => new AgentHost(options));

        Assert.Equal(
            """
            --node "a/b" must have 1 to 253 characters, / not among them.
            --ring-mb 24 is no size of a ring buffer: a power of two from 1 to 1024.
            --data-bytes 257 is out of range: 0 to 256.
            --exclude-syscall and --only-syscall exclude each other: name what to leave out, or what to keep.
            --bootstrap "broker" is no HOST:PORT list, as broker-1:9092,broker-2:9092.
            --schema-registry "registry:8081" is no http or https address, as http://registry:8081.
            --metrics-port 65536 is out of range: 1 to 65535.
            --speed 0 is no speed: a factor over 0, 1 as recorded, or max.
            """,
            error.Message);
    }

    [Theory]
    [InlineData("broker:9092", true)]
    [InlineData("broker-1:9092,broker-2:9093", true)]
    [InlineData("[::1]:9092", true)]
    [InlineData("broker:0", false)]
    [InlineData("broker:99999", false)]
    [InlineData(":9092", false)]
    [InlineData("a:1,", false)]
    [InlineData("", false)]
    public void Bootstrap_is_a_list_of_hosts_with_ports(string bootstrap, bool allowed)
    {
        var options = new AgentOptions { Bootstrap = bootstrap, SchemaRegistry = "https://registry" };

        Assert.Equal(allowed, options.Validate().Count == 0);
    }

    [Fact]
    public void A_client_setting_that_librdkafka_refuses_is_named()
    {
        var lines = new Testing.Lines();
        var options = Testing.Options("127.0.0.1:9", lines);
        options.Client.Set("linger.ms", "soon");

        var error = Assert.Throws<AgentException>(() => new Publish.RecordProducer(options.AllSettings().ForProducer(), "t", new NoObserver()));

        Assert.StartsWith("Kafka setting linger.ms is refused by librdkafka: Invalid value", error.Message, StringComparison.Ordinal);
    }

    private sealed class NoObserver : Publish.IDeliveryObserver
    {
        public void Ended(int error, long bytes, long latencyUs)
        {
        }

        public void ClusterError(int error, string reason)
        {
        }
    }
}
