using Akka.Streams;
using Akka.Streams.Dsl;
using Confluent.Kafka;
using Syscribe.Pipeline.Consuming;
using Syscribe.Pipeline.Producing;

namespace Syscribe.Pipeline;

/// <summary>
/// Runs a stream from Kafka to Kafka until it is told to stop, and again with backoff whenever it fails: what both pipelines are
/// around their own stages.
/// </summary>
/// <param name="source">Settings of its consumer.</param>
/// <param name="producer">Settings of its producer.</param>
/// <param name="backoff">First and longest pause before it starts again; it doubles in between.</param>
/// <param name="time">Clock.</param>
/// <param name="restarting">Told of each restart: the pause before it, and why.</param>
internal sealed class StreamRunner(
    KafkaSourceOptions source, KafkaProducerOptions producer, (TimeSpan First, TimeSpan Longest) backoff, TimeProvider time, Action<TimeSpan, string> restarting)
{
    private volatile IConsumerControl? _consumer;

    /// <summary>What the consumer is doing.</summary>
    public ConsumerStatus Status => _consumer?.Status ?? ConsumerStatus.None;

    /// <summary>Makes both clients once. Without it a setting that librdkafka does not know would fail each start of the stream, for ever.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">A client setting is missing, unknown or wrong.</exception>
    public void CheckSettings()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(source.EffectiveClient()).SetLogHandler((_, _) => { }).Build();
        using var output = new ProducerBuilder<Null, Null>(producer.EffectiveClient()).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Runs; fails never.</summary>
    /// <param name="materializer">Runs the stream.</param>
    /// <param name="graph">Makes the stream for each run; the token is cancelled when that run has ended.</param>
    /// <param name="stop">Ends it gracefully.</param>
    /// <param name="abandon">Ends what a run still waits for.</param>
    public async Task RunAsync(
        IMaterializer materializer, Func<CancellationToken, IRunnableGraph<((IConsumerControl, Task), Task)>> graph, CancellationToken stop, CancellationToken abandon)
    {
        var pause = backoff.First;
        while (!stop.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var failure = await RunOnceAsync(materializer, graph, stop, abandon);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (time.GetElapsedTime(started) > backoff.Longest)
            {
                pause = backoff.First;
            }

            restarting(pause, failure?.Message ?? "the stream ended by itself");
            await Task.Delay(pause, time, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            pause = pause * 2 < backoff.Longest ? pause * 2 : backoff.Longest;
        }
    }

    private async Task<Exception?> RunOnceAsync(
        IMaterializer materializer, Func<CancellationToken, IRunnableGraph<((IConsumerControl, Task), Task)>> graph, CancellationToken stop, CancellationToken abandon)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        var ((control, producerClosed), done) = graph(ended.Token).Run(materializer);
        _consumer = control;
        await using var stopping = stop.Register(control.Stop);
        Exception? failure = null;
        try
        {
            await done;
        }
        catch (Exception e)
        {
            failure = e;
        }

        // The next run must not find its predecessor still in the group, or its records in the client's queue.
        await ended.CancelAsync();
        await Task.WhenAll(control.Closed, producerClosed);
        return failure;
    }
}
