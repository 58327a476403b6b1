using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Syscribe.Kafka;
using Syscribe.Pipeline.Tests.Rules;

namespace Syscribe.Pipeline.Tests.Suspects;

public sealed class InferencePipelineOnEmbeddedBrokerTests(EmbeddedBrokerFixture fixture)
    : InferencePipelineContract, IClassFixture<EmbeddedBrokerFixture>
{
    // The embedded broker lets a rebalance last for the session timeout less one second.
    protected override ClientSettings Settings => ClientSettings.For(fixture.Broker.BootstrapServers)
        .Set("consumer.session.timeout.ms", "2000").Set("consumer.heartbeat.interval.ms", "200");

    protected override Task CreateTopicAsync(string topic, int partitions)
    {
        fixture.Broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }
}

public sealed class InferencePipelineOnRealKafkaTests(RealKafkaFixture fixture) : InferencePipelineContract, IClassFixture<RealKafkaFixture>
{
    protected override ClientSettings Settings => ClientSettings.For(fixture.Kafka.BootstrapServers);

    protected override async Task CreateTopicAsync(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(Settings.ForAdmin()).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
    }
}
