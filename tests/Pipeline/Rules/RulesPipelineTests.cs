using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Pipeline.Tests.Rules;

public sealed class EmbeddedBrokerFixture : IDisposable
{
    public EmbeddedBroker Broker { get; } = EmbeddedBroker.Start();

    public void Dispose() => Broker.Dispose();
}

public sealed class RulesPipelineOnEmbeddedBrokerTests(EmbeddedBrokerFixture fixture)
    : RulesPipelineContract, IClassFixture<EmbeddedBrokerFixture>
{
    // The embedded broker lets a rebalance last for the session timeout less one second.
    protected override ClientSettings Settings => ClientSettings.For(fixture.Broker.BootstrapServers)
        .Set("consumer.session.timeout.ms", "2000").Set("consumer.heartbeat.interval.ms", "200");

    protected override void RefuseNextProduce() => fixture.Broker.FailNext(0, ErrorCode.TopicAuthorizationFailed);

    protected override Task CreateTopicAsync(string topic, int partitions)
    {
        fixture.Broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }
}

/// <summary>A real Kafka for one test class; not started where there is none.</summary>
public sealed class RealKafkaFixture : IAsyncLifetime
{
    private RealKafka? _kafka;

    public RealKafka Kafka
    {
        get
        {
            if (Prerequisites.Kafka is { } missing)
            {
                Assert.Skip(missing);
            }

            return _kafka!; // started where nothing is missing
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Prerequisites.Kafka is null)
        {
            _kafka = await RealKafka.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_kafka is not null)
        {
            await _kafka.DisposeAsync();
        }
    }
}

public sealed class RulesPipelineOnRealKafkaTests(RealKafkaFixture fixture) : RulesPipelineContract, IClassFixture<RealKafkaFixture>
{
    protected override ClientSettings Settings => ClientSettings.For(fixture.Kafka.BootstrapServers);

    protected override void RefuseNextProduce() => Assert.Skip("a real broker cannot be told to refuse one request");

    protected override async Task CreateTopicAsync(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(Settings.ForAdmin()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
    }
}
