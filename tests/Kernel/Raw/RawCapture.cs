using System.Diagnostics;
using Syscribe.Libbpf;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>The programs loaded and attached, and their records. Skips the test where the machine does not allow that.</summary>
internal sealed class RawCapture : IDisposable
{
    public const byte ArgString = 1;
    public const byte ArgSockaddr = 2;
    public const int CompatBase = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RingBuffer _ring;
    private readonly IReadOnlyList<BpfLink> _links;

    private RawCapture(BpfObject bpf, RingBuffer ring, IReadOnlyList<BpfLink> links)
    {
        Bpf = bpf;
        _ring = ring;
        _links = links;
    }

    public BpfObject Bpf { get; }

    public static void SkipWhereNotAllowed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Loading BPF programs needs root.");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "This kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF.");
    }

    public static BpfObject Open()
    {
        SkipWhereNotAllowed();
        var bpf = BpfObject.Open(Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o"));
        bpf.SkipMissingTracepoints();
        return bpf;
    }

    /// <summary>Starts capturing.</summary>
    /// <param name="ringBytes">The ring's size.</param>
    /// <param name="prepare">Settings to write before anything is attached.</param>
    public static RawCapture Start(uint ringBytes = 16 << 20, Action<BpfObject>? prepare = null)
    {
        var bpf = Open();
        bpf.Map("events").SetMaxEntries(ringBytes);
        bpf.Load();
        Set(bpf, capturing: true);
        prepare?.Invoke(bpf);
        var ring = RingBuffer.Open(bpf.Map("events"));
        return new RawCapture(bpf, ring, bpf.AttachAll());
    }

    public static void Set(BpfObject bpf, bool capturing, uint dataBytes = 80) =>
        bpf.Map("settings").Update(0u, new Settings(dataBytes, capturing ? 1u : 0u));

    /// <summary>Says that argument <paramref name="arg"/> of the call is a text or an address.</summary>
    public static void Describe(BpfObject bpf, int number, int arg, byte kind)
    {
        bpf.Map("syscalls").TryLookup((uint)number, out ulong description);
        bpf.Map("syscalls").Update((uint)number, description | ((ulong)kind << (8 * arg)));
    }

    /// <summary>Reads until one matches; those before it are passed over.</summary>
    public RawRecord Next(Func<RawRecord, bool> match) => All(match)[^1];

    /// <summary>Reads up to and with the first that matches.</summary>
    public List<RawRecord> All(Func<RawRecord, bool> isLast)
    {
        var seen = new List<RawRecord>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            if (!_ring.TryRead(out var bytes))
            {
                _ring.Wait(TimeSpan.FromMilliseconds(5));
                continue;
            }

            var record = new RawRecord(bytes);
            seen.Add(record);
            if (isLast(record))
            {
                return seen;
            }
        }

        throw new TimeoutException($"No record matched within {Patience}; {seen.Count} others came. {Counters()}");
    }

    public void Detach()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }
    }

    /// <summary>What is in the ring now.</summary>
    public int Drain()
    {
        var count = 0;
        while (_ring.TryRead(out _))
        {
            count++;
        }

        return count;
    }

    public Counts Counters()
    {
        var cpus = new Counts[BpfMap.PossibleCpus];
        Assert.True(Bpf.Map("counters").TryLookupPerCpu(0u, cpus.AsSpan()));
        return cpus.Aggregate((a, b) => new Counts(
            a.Seen + b.Seen,
            a.Submitted + b.Submitted,
            a.Filtered + b.Filtered,
            a.DroppedFull + b.DroppedFull,
            a.DroppedSize + b.DroppedSize,
            a.DroppedScratch + b.DroppedScratch,
            a.ReadFaults + b.ReadFaults));
    }

    public void Dispose()
    {
        _ring.Dispose();
        Bpf.Dispose();
    }

    /// <summary><c>struct settings</c>.</summary>
    internal readonly record struct Settings(uint DataBytes, uint Capturing);

    /// <summary><c>struct counters</c>.</summary>
    internal readonly record struct Counts(
        ulong Seen, ulong Submitted, ulong Filtered, ulong DroppedFull, ulong DroppedSize, ulong DroppedScratch, ulong ReadFaults)
    {
        public ulong Accounted => Submitted + Filtered + DroppedFull + DroppedSize + DroppedScratch;
    }
}
