using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Streams;
using Confluent.SchemaRegistry;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Verdicts;
using Syscribe.Kafka;
using Syscribe.Pipeline.Rules;
using Syscribe.Pipeline.Tests.Rules;
using Syscribe.Pipeline.Tests.Support;
using Syscribe.Rules;

namespace Syscribe.Pipeline.Tests.Suspects;

public sealed class SelectionTests(EmbeddedBrokerFixture fixture) : IClassFixture<EmbeddedBrokerFixture>
{
    [Fact]
    public async Task Events_that_no_rule_names_go_on_as_they_are_keyed_by_behaviour()
    {
        var (events, alerts, suspects) = (TestTopic.NewName("syscalls"), TestTopic.NewName("alerts"), TestTopic.NewName("suspects"));
        foreach (var topic in (string[])[events, alerts, suspects])
        {
            fixture.Broker.CreateTopic(topic, 2);
        }

        using var embedded = EmbeddedRegistry.Start();
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = embedded.Url });
        var settings = ClientSettings.For(fixture.Broker.BootstrapServers)
            .Set("consumer.session.timeout.ms", "2000").Set("consumer.heartbeat.interval.ms", "200");
        var metrics = Prometheus.Metrics.NewCustomRegistry();
        var pipeline = new RulesPipeline(
            new RulesPipelineOptions
            {
                Kafka = settings, Registry = registry, Group = TestTopic.NewName("rules"), EventTopic = events, AlertTopic = alerts,
                Suspects = new SuspectSelector(repeat: TimeSpan.Zero), SuspectTopic = suspects, Metrics = metrics,
            },
            RuleLoader.Load([new RuleSource("test.yaml", SampleEvents.Rules)]).RuleSet!, // the same as in other tests: valid
            new ListLogger());
        await SampleEvents.Send(settings, registry, events, 2, 1, 90);

        using var actors = ActorSystem.Create("selection", "akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
        using var stop = new CancellationTokenSource();
        var running = pipeline.RunAsync(actors.Materializer(), stop.Token);
        await Eventually.Holds(() => pipeline.Counters.Suspects.GetValueOrDefault(Selection.Unregistered) == 60, "the suspects are acknowledged");
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(60));

        var sent = TestTopic.ReadAll(fixture.Broker.BootstrapServers, events).Select(r => Convert.ToHexString(r.Message.Value!)).ToHashSet();
        var chosen = TestTopic.ReadAll(fixture.Broker.BootstrapServers, suspects);
        var key = BehaviourSignature.Of(SampleEvents.Make(1)).ToString("x16", CultureInfo.InvariantCulture);
        Assert.Equal(60, chosen.Count);
        Assert.All(chosen, record => Assert.Equal(key, Encoding.ASCII.GetString(record.Message.Key!)));
        Assert.All(chosen, record => Assert.Contains(Convert.ToHexString(record.Message.Value!), sent));
        Assert.Single(chosen.Select(record => record.Partition.Value).Distinct());
        Assert.Equal(30, pipeline.Counters.Alerts["File deleted"]);

        using var text = new MemoryStream();
        await metrics.CollectAndExportAsTextAsync(text);
        Assert.Contains("syscribe_rules_suspects_total{reason=\"unregistered\"} 60\n", Encoding.UTF8.GetString(text.ToArray()));
    }
}
