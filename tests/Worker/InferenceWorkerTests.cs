using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging.Abstractions;
using Syscribe.Events;
using Syscribe.Inference;
using Syscribe.Inference.Engine;
using Syscribe.Inference.Gguf;
using Syscribe.Inference.LlamaCpp;
using Syscribe.Inference.Text;
using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Worker.Tests;

/// <summary>The worker on libllama, with a small model of random weights whose every answer is an alert or not, as it likes.</summary>
public sealed class InferenceWorkerTests : IDisposable
{
    private const int Count = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-inference-").FullName;
    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();
    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start(topics: new Dictionary<string, int>
    {
        [Topics.Suspects] = 2, [Topics.Alerts] = 2, [Topics.DeadLetters(Topics.Suspects)] = 1,
    });

    private ClientSettings Settings => ClientSettings.For(_broker.BootstrapServers)
        .Set("schema.registry.url", _registry.Url).Set("consumer.session.timeout.ms", "2000").Set("consumer.heartbeat.interval.ms", "200");

    public void Dispose()
    {
        _broker.Dispose();
        _registry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Suspects_are_judged_by_the_model_and_the_worker_says_so()
    {
        var engine = StartEngine();
        await SendAsync();
        var port = Ports.Free(1)[0];
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using var worker = InferenceWorker.Start(new InferenceWorkerOptions { Client = Settings, MetricsPort = port }, engine, NullLogger.Instance);

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (worker.Counters.Events < Count || !worker.IsReady)
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains($"syscribe_inference_events_total {Count}\n", metrics, StringComparison.Ordinal);
        Assert.Contains("syscribe_inference_contradicted_total 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("syscribe_inference_cache_entries 6\n", metrics, StringComparison.Ordinal);
        Assert.Equal(6, engine.Counters.Answered);
        Assert.Equal("OK", (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode.ToString());

        await worker.StopAsync(TimeSpan.FromSeconds(30));
        Assert.True(worker.ModelEnded.IsCompletedSuccessfully);
        Assert.Empty(worker.Counters.DeadLetters);
        Assert.Equal(0, worker.Counters.Restarts);
    }

    [Theory]
    [InlineData("--select nonsense", "--select nonsense: unregistered, novel", "worker", "rules", "--bootstrap", "x:1", "--schema-registry", "http://x", "--select", "nonsense")]
    [InlineData("--select-every", "--select-every is -1", "worker", "rules", "--bootstrap", "x:1", "--schema-registry", "http://x", "--select", "novel", "--select-every", "-1")]
    [InlineData("no model", "/nonexistent.gguf", "worker", "inference", "--bootstrap", "x:1", "--schema-registry", "http://x", "--model", "/nonexistent.gguf")]
    [InlineData("--cache-minutes", "--cache-minutes is 0", "worker", "inference", "--bootstrap", "x:1", "--schema-registry", "http://x", "--model", "/nonexistent.gguf", "--cache-minutes", "0")]
    public async Task What_is_wrong_is_named(string what, string message, params string[] args)
    {
        var (code, _, error) = await Cli.Run(args);

        Assert.True(code == ExitCodes.Usage, what);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_the_one_that_comes_with_the_program_is_used_where_there_is_one()
    {
        string[] args = ["infer", "/nonexistent.avro"];
        var (code, _, error) = await Cli.Run(args);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(ShippedModel.Path is null ? "--model" : "/nonexistent.avro", error, StringComparison.Ordinal);
    }

    private InferenceEngine StartEngine()
    {
        Assert.SkipWhen(LlamaLibrary.Find() is null, LlamaLibrary.NotFound());
        const string Prompt = "Judge: {event} answer: ";
        string[] answers = ["NONE", "Critical Shell opened by %proc.name", "Notice Other"];
        var vocabulary = SpmVocabulary.Train([Prompt, .. answers, Encoding.ASCII.GetString(ToText.Render(Event(1)))], ["NONE"], 420);
        var path = Path.Combine(_folder, "model.gguf");
        SyntheticLlama.Write(path, LlamaShape.Tiny, vocabulary, Prompt, answers, seed: 3, scale: 0.3f);
        return InferenceEngine.Start(new EngineOptions { Model = new LlamaModelOptions { Path = path } });
    }

    private async Task SendAsync()
    {
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        var serializer = new SyscallEventSerializer(registry);
        var context = new SerializationContext(MessageComponentType.Value, Topics.Suspects);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(Settings.ForProducer()).Build();
        await Task.WhenAll(Enumerable.Range(1, Count).Select(i => producer.ProduceAsync(
            new TopicPartition(Topics.Suspects, i % 2), new Message<byte[]?, byte[]?> { Value = serializer.Serialize(Event(i), context) })));
    }

    private static SyscallEvent Event(int seq) => new()
    {
        Type = Utf8.From("call" + (char)('a' + (seq % 6))),
        Seq = seq,
        Node = Utf8.From("node-1"),
        Return = 0,
        Process = new ProcessInfo { Pid = seq, Name = Utf8.From("tool"), ExePath = Utf8.From("/usr/bin/tool"), ContainerId = Utf8.From("host") },
    };
}
