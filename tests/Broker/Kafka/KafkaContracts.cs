using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Broker.Tests;

public sealed class EmbeddedBrokerFixture : IDisposable
{
    public EmbeddedBroker Broker { get; } = EmbeddedBroker.Start();

    public void Dispose() => Broker.Dispose();
}

public sealed class EmbeddedThreeFixture : IDisposable
{
    public EmbeddedBroker Broker { get; } = EmbeddedBroker.Start(3);

    public void Dispose() => Broker.Dispose();
}

/// <summary>A real Kafka for one test class; not started where there is none.</summary>
public abstract class RealKafkaFixture(int brokers) : IAsyncLifetime
{
    private RealKafka? _kafka;

    public RealKafka Kafka
    {
        get
        {
            if (Prerequisites.Kafka is { } missing)
                Assert.Skip(missing);

            return _kafka!; // started where nothing is missing
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Prerequisites.Kafka is null)
            _kafka = await RealKafka.StartAsync(brokers);
    }

    public async ValueTask DisposeAsync()
    {
        if (_kafka is not null)
            await _kafka.DisposeAsync();

        GC.SuppressFinalize(this);
    }
}

public sealed class RealKafkaOfOne() : RealKafkaFixture(1);

public sealed class RealKafkaOfThree() : RealKafkaFixture(3);

/// <summary>Real servers take memory and processor, so their classes run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealServers
{
    public const string Name = "real servers";
}

public sealed class EmbeddedBrokerContract(EmbeddedBrokerFixture fixture) : KafkaContract, IClassFixture<EmbeddedBrokerFixture>
{
    protected override string BootstrapServers => fixture.Broker.BootstrapServers;

    // The mock ends a rebalance 1 s before the session does.
    protected override ClientSettings Settings => fixture.Broker.Settings().Set("consumer.session.timeout.ms", "2000");

    protected override Task CreateTopicAsync(string topic, int partitions)
    {
        fixture.Broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }
}

public sealed class EmbeddedThreeBrokersContract(EmbeddedThreeFixture fixture) : KafkaContract, IClassFixture<EmbeddedThreeFixture>
{
    protected override string BootstrapServers => fixture.Broker.BootstrapServers;

    // The mock ends a rebalance 1 s before the session does.
    protected override ClientSettings Settings => fixture.Broker.Settings().Set("consumer.session.timeout.ms", "2000");

    protected override Task CreateTopicAsync(string topic, int partitions)
    {
        fixture.Broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }
}

[Collection(RealServers.Name)]
public sealed class RealKafkaContract(RealKafkaOfOne fixture) : KafkaContract, IClassFixture<RealKafkaOfOne>
{
    protected override string BootstrapServers => fixture.Kafka.BootstrapServers;

    protected override Task CreateTopicAsync(string topic, int partitions) => CreateByAdminAsync(BootstrapServers, topic, partitions);
}

[Collection(RealServers.Name)]
public sealed class RealKafkaOfThreeContract(RealKafkaOfThree fixture) : KafkaContract, IClassFixture<RealKafkaOfThree>
{
    protected override string BootstrapServers => fixture.Kafka.BootstrapServers;

    protected override Task CreateTopicAsync(string topic, int partitions) => CreateByAdminAsync(BootstrapServers, topic, partitions);
}
