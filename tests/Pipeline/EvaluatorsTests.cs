using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Verdicts;
using Syscribe.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Rules;
using Syscribe.Pipeline.Suspects;
using Syscribe.Pipeline.Tests.Suspects;
using Syscribe.Pipeline.Tests.Support;
using Syscribe.Rules;
using RuleSet = Syscribe.Rules.RuleSet;

namespace Syscribe.Pipeline.Tests;

/// <summary>
/// A serializer that waits holds no thread of an evaluator: the threads of all batches waiting at the same time would be the
/// pool's last, of which it needs one.
/// </summary>
public sealed class EvaluatorsTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly EmbeddedRegistry _embedded = EmbeddedRegistry.Start();
    private readonly CachedSchemaRegistryClient _registry;
    private readonly HeldSerializer<AlertRecord> _alerts = new();
    private readonly RuleSet _rules = RuleLoader.Load([new RuleSource("test.yaml", SampleEvents.Rules)]).RuleSet!;

    public EvaluatorsTests() => _registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _embedded.Url });

    public void Dispose()
    {
        _registry.Dispose();
        _embedded.Dispose();
    }

    [Fact]
    public async Task The_rules_alerts_are_serialized_without_a_thread_that_waits()
    {
        var evaluator = new BatchEvaluator(new SyscallEventDeserializer(_registry), _alerts, DeadLetters(), "alerts", null, "suspects");
        var batch = Batch(SampleEvents.Make(3));

        var result = await GoesOnWhenLetGo(() => evaluator.EvaluateAsync(batch, _rules, new PipelineCounters()));

        Assert.Equal("File deleted", Assert.Single(result.Alerts).Rule);
    }

    [Fact]
    public async Task The_models_alerts_are_serialized_without_a_thread_that_waits()
    {
        var engine = new FakeEngine();
        engine.Open();
        var judge = new SuspectJudge(engine, new VerdictCache(new()), _rules);
        var evaluator = new SuspectEvaluator(judge, new SyscallEventDeserializer(_registry), _alerts, DeadLetters(), "alerts");
        var suspect = SampleEvents.Make(1);
        suspect.Type = Utf8.From("openb");
        var batch = Batch(suspect);

        var result = await GoesOnWhenLetGo(() => evaluator.EvaluateAsync(batch, new InferenceCounters(), CancellationToken.None));

        Assert.Equal("Strange call", Assert.Single(result.Alerts).Rule);
    }

    private async Task<T> GoesOnWhenLetGo<T>(Func<Task<T>> evaluate)
    {
        var begun = await Task.Factory.StartNew(evaluate, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Soon);
        Assert.False(begun.IsCompleted);

        _alerts.LetGo();

        return await begun.WaitAsync(Soon);
    }

    private RecordBatch Batch(SyscallEvent e)
    {
        var value = new SyscallEventSerializer(_registry).Serialize(e, new SerializationContext(MessageComponentType.Value, "events"));
        var record = new ConsumeResult<byte[]?, byte[]?> { Topic = "events", Message = new Message<byte[]?, byte[]?> { Value = value } };
        return new RecordBatch([record], new OffsetTracker(TimeProvider.System).Track([(record.TopicPartition, 0, 0)]));
    }

    private static DeadLetterWriter DeadLetters() => new(new HeldSerializer<DeadLetterRecord>(), "events.dead", "test", TimeProvider.System);
}
