using Confluent.Kafka;
using Syscribe.Events;
using Syscribe.Kafka;
using Syscribe.Rules;
using Syscribe.Scenarios;

namespace Syscribe.Local.Compare;

/// <summary>An event that a variant made, as it came over the wire.</summary>
/// <param name="Event">The event, with memory of its own.</param>
/// <param name="Narrowed">The first narrowed rule that held; null for none.</param>
/// <param name="NarrowedMs">From the kernel's timestamp to that judgement, milliseconds.</param>
internal sealed record Sighting(SyscallEvent Event, string? Narrowed, double NarrowedMs)
{
    /// <summary>Whether it is the variant's own event.</summary>
    public bool IsOf(Variant variant) =>
        Event.Type.ToString() == variant.Event && Event.Process is { } process
        && VariantCatalog.IsAbout(variant, process.Name.ToString(), process.ExePath.ToString(), Texts);

    private IEnumerable<string> Texts => Event.Params.SelectMany(param => (Utf8[])[param.Text, param.Resolved])
        .Append(Event.HasFd ? Event.Fd.Name : default)
        .Where(text => !text.IsNull).Select(text => text.ToString());
}

/// <summary>
/// Reads <c>syscalls.v1</c> along, and of what this process has played keeps the events that variants make. Judges each by the
/// narrowed rules at once: the comparison's first detector.
/// </summary>
internal sealed class VariantWatch : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly SyscallEventDeserializer _decoder;
    private readonly IDisposable _registry;
    private readonly RuleSet _narrowed;
    private readonly HashSet<string> _types = [.. VariantCatalog.All.Select(variant => variant.Event)];
    private readonly Lock _lock = new();
    private readonly List<Sighting> _sightings = [];
    private readonly List<Rule> _matches = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private long _read;

    /// <summary>Starts reading.</summary>
    public VariantWatch(ClientSettings client, RuleSet narrowed)
    {
        _narrowed = narrowed;
        var settings = client.ForConsumer("syscribe-compare-" + Guid.NewGuid().ToString("N"));
        settings.AutoOffsetReset = AutoOffsetReset.Latest;
        _consumer = new ConsumerBuilder<byte[], byte[]>(settings).SetLogHandler(static (_, _) => { }).Build();
        var registry = client.CreateRegistryClient();
        _registry = registry;
        _decoder = new SyscallEventDeserializer(registry);
        TopicTail.Assign(_consumer, Topics.Syscalls, client);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Records read so far.</summary>
    public long Count => Interlocked.Read(ref _read);

    /// <summary>The events that <paramref name="variant"/> made between two times, nanoseconds since the epoch.</summary>
    public IReadOnlyList<Sighting> Of(Variant variant, long fromNs, long toNs)
    {
        lock (_lock)
        {
            return [.. _sightings.Where(sighting => sighting.Event.TimeNs >= fromNs && sighting.Event.TimeNs <= toNs
                && sighting.IsOf(variant))];
        }
    }

    /// <summary>An event that came from nowhere else than <see cref="InventedCalls"/>; null while it has not come.</summary>
    public Sighting? Of(long run, long seq)
    {
        lock (_lock)
        {
            return _sightings.Find(sighting => sighting.Event.Run == run && sighting.Event.Seq == seq);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _reading.Wait(TimeSpan.FromSeconds(5));
        _consumer.Close();
        _consumer.Dispose();
        _registry.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        var e = new SyscallEvent();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                {
                    _decoder.Deserialize(record.Message.Value, e);
                    Take(e);
                    Interlocked.Increment(ref _read);
                }
            }
            catch (ConsumeException failed) when (!failed.Error.IsFatal)
            {
                // A broker that comes and goes is the client's to wait for.
            }
            catch (RecordFormatException)
            {
                Interlocked.Increment(ref _read); // another producer's; the rules worker makes a dead letter of it
            }
        }
    }

    private void Take(SyscallEvent e)
    {
        if (e.Process is not { } process || !IsPlayed(process)
            || !(_types.Contains(e.Type.ToString()) || InventedCalls.IsOne(e)))
        {
            return;
        }

        _narrowed.Evaluate(e, _matches);
        var sighting = new Sighting(e.ToOwned(), _matches.Count > 0 ? _matches[0].Name : null, (BootClock.NowNs() - e.KtimeNs) / 1e6);
        lock (_lock)
        {
            _sightings.Add(sighting);
        }
    }

    // Our children are players, which prepare and clean up; what they start plays. runc sets a container up before that.
    private static bool IsPlayed(ProcessInfo process)
    {
        for (var i = 1; i < process.Ancestors.Count; i++)
        {
            if (process.Ancestors[i].Pid == Environment.ProcessId)
            {
                return !process.Name.Span.StartsWith("runc"u8);
            }
        }

        return false;
    }
}
