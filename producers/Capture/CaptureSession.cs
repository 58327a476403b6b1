using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Syscribe.Capture.Calls;
using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Syscalls;
using Syscribe.Events;
using Syscribe.Libbpf;

namespace Syscribe.Capture;

/// <summary>Takes an event. It is reused: what must outlive the call is copied (its process is immutable and may be kept).</summary>
public delegate void SyscallEventHandler(SyscallEvent syscall);

/// <summary>
/// Captures the system calls of this machine: BPF programs in the kernel, a ring buffer, and the state that makes each
/// event self-contained.
/// </summary>
/// <remarks>
/// Needs root (or CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH) and a kernel with BTF. One thread polls;
/// <see cref="Counters"/> may be read from it between polls. The ring buffer is the only queue: when it is full the kernel
/// side drops, and counts.
/// </remarks>
public sealed class CaptureSession : IDisposable
{
    /// <summary>Events that one call of <see cref="Poll"/> hands on at most.</summary>
    public const int MaxEventsPerPoll = 65_536;

    private static readonly string[] Indispensable = ["execve", "execveat"];

    private readonly BpfObject _object;
    private readonly RingBuffer _ring;
    private readonly BpfMap _counters;
    private readonly BpfMap _syscalls;
    private readonly SyscallTable _table;
    private readonly EventAssembler _assembler;
    private readonly BootClock _clock;
    private readonly SyscallEvent _event = new();
    private NewCallNames? _names;
    private long _decodeErrors;

    private CaptureSession(BpfObject bpf, RingBuffer ring, SyscallTable table, EventAssembler assembler, BootClock clock, long run)
    {
        _object = bpf;
        _ring = ring;
        _table = table;
        _assembler = assembler;
        _clock = clock;
        _counters = bpf.Map("counters");
        _syscalls = bpf.Map("syscalls");
        Run = run;
    }

    /// <summary>Identity of this run: with node and sequence number it names an event for ever.</summary>
    public long Run { get; }

    /// <summary>Programs that this kernel has no tracepoint for; what they would see is missing.</summary>
    public IReadOnlyList<string> MissingPrograms { get; private init; } = [];

    /// <summary>What became of every call since the capture began.</summary>
    public CaptureCounters Counters => Count();

    /// <summary>Loads the programs, reads /proc, and begins to capture.</summary>
    /// <param name="options">What to capture.</param>
    /// <param name="time">Clock of caches; null for the system's.</param>
    /// <exception cref="ArgumentException">An option names a system call that does not exist.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine is not x86-64.</exception>
    /// <exception cref="BpfException">The kernel refused: no BTF, or missing capabilities.</exception>
    public static CaptureSession Open(CaptureOptions options, TimeProvider? time = null)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new PlatformNotSupportedException(
                $"Capture on {RuntimeInformation.ProcessArchitecture}: the numbers and flags of system calls are known for X64 only. Run the agent on an x86-64 node.");
        }

        time ??= TimeProvider.System;
        var bpf = BpfObject.Open(options.ObjectPath);
        try
        {
            return Open(options, time, bpf);
        }
        catch
        {
            bpf.Dispose();
            throw;
        }
    }

    /// <summary>Waits until there is something or the time is over, then hands on everything that is there.</summary>
    /// <param name="timeout">
    /// How long a quiet machine is waited for. The kernel side wakes the reader early only when the ring buffer fills, so
    /// this is also the latency of a single event: a few milliseconds.
    /// </param>
    /// <param name="handler">Gets every event in order, on this thread. What it throws leaves this method; the event is lost to it.</param>
    /// <returns>Events handed on; at most <see cref="MaxEventsPerPoll"/>, so that the caller gets its turn on a machine that is never quiet.</returns>
    public int Poll(TimeSpan timeout, SyscallEventHandler handler)
    {
        _clock.Refresh();
        var handled = Drain(handler);
        if (handled == 0 && timeout > TimeSpan.Zero)
        {
            _ring.Wait(timeout);
            handled = Drain(handler);
        }

        return handled;
    }

    /// <summary>Switches a system call off or on while running.</summary>
    /// <exception cref="ArgumentException">There is no call of that name.</exception>
    public void SetEnabled(string syscall, bool enabled)
    {
        foreach (var index in Indices(_table, syscall))
        {
            _syscalls.Update((uint)index, Describe(_table.Calls[index], !enabled));
        }
    }

    /// <summary>
    /// Captures no more: from now on the kernel side counts every call as filtered. What it has handed over is still polled.
    /// Any thread may call it.
    /// </summary>
    public void Pause() => _object.Map("settings").Update(0u, default(Settings));

    /// <summary>
    /// Ends the capture in the kernel; what is in the ring buffer stays to be polled. Once <see cref="Poll"/> has returned 0
    /// after this, the second invariant of <see cref="CaptureCounters"/> holds.
    /// </summary>
    public void Stop() => _object.Map("settings").Update(0u, new Settings { Capturing = 0 });

    /// <summary>Tells that <see cref="CaptureOptions.Containers"/> knows more than before: events show it from now on. Call on the polling thread.</summary>
    public void ContainersChanged() => _assembler.State.Tree.ContainersChanged();

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring.Dispose();
        _object.Dispose();
        _names?.Dispose();
    }

    private static CaptureSession Open(CaptureOptions options, TimeProvider time, BpfObject bpf)
    {
        var table = SyscallTable.Load();
        var missing = bpf.SkipMissingTracepoints();
        bpf.Map("events").SetMaxEntries((uint)options.RingBytes);
        bpf.Load();
        FillMaps(options, bpf, table);
        var ring = RingBuffer.Open(bpf.Map("events"));
        try
        {
            // Attached before the scan, so that nothing is born unseen between the two; capturing from then on.
            bpf.AttachAll();
            var clock = new BootClock(time);
            var state = new CaptureState(new ProcFs(time), time, options.Containers, () => clock.ZeroNs);
            bpf.Map("settings").Update(0u, new Settings { DataBytes = (uint)options.DataBytes, Capturing = 1 });
            state.Tree.Scan();
            var run = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
            var names = table.Unnumbered.Count > 0 && Tracefs.FindEvents() is { } events ? NewCallNames.Start(events, table.Unnumbered) : null;
            var assembler = new EventAssembler(table, state, () => clock.ZeroNs, Utf8.From(options.Node), run)
            {
                Namer = names is null ? null : new Namer(names, table, bpf.Map("syscalls")).Find,
            };
            return new CaptureSession(bpf, ring, table, assembler, clock, run)
            {
                _names = names,
                MissingPrograms = [.. missing.Select(program => program.Name)],
            };
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    private static void FillMaps(CaptureOptions options, BpfObject bpf, SyscallTable table)
    {
        var off = Disabled(options, table);
        var syscalls = bpf.Map("syscalls");
        for (var index = 0; index < SyscallTable.Entries; index++)
        {
            syscalls.Update((uint)index, Describe(table.Calls[index], off[index]));
        }

        var ignored = bpf.Map("ignored_tgids");
        foreach (var pid in options.IncludeOwnProcess ? options.IgnoredProcesses : options.IgnoredProcesses.Append(Environment.ProcessId))
        {
            ignored.Update((uint)pid, (byte)1);
        }

        var cgroups = bpf.Map("ignored_cgroups");
        foreach (var cgroup in options.IgnoredCgroups)
        {
            cgroups.Update((ulong)cgroup, (byte)1);
        }
    }

    private static bool[] Disabled(CaptureOptions options, SyscallTable table)
    {
        var off = new bool[SyscallTable.Entries];
        Array.Fill(off, options.OnlySyscalls.Count > 0);
        foreach (var name in options.OnlySyscalls.Concat(options.OnlySyscalls.Count > 0 ? Indispensable : []))
        {
            Indices(table, name).ForEach(index => off[index] = false);
        }

        foreach (var name in options.ExcludedSyscalls)
        {
            Indices(table, name).ForEach(index => off[index] = true);
        }

        return off;
    }

    private static List<int> Indices(SyscallTable table, string name)
    {
        var wanted = Utf8.From(name);
        var indices = new List<int>();
        for (var index = 0; index < SyscallTable.Entries; index++)
        {
            if (table.Calls[index].Name == wanted)
            {
                indices.Add(index);
            }
        }

        return indices.Count > 0
            ? indices
            : throw new ArgumentException($"There is no system call \"{name}\". Names are those of `ausyscall --dump` or `man 2 syscalls`.", nameof(name));
    }

    private static SyscallDescription Describe(SyscallInfo info, bool off)
    {
        var description = new SyscallDescription { Flags = off ? (byte)1 : (byte)0 };
        for (var i = 0; i < info.Args.Length; i++)
        {
            description.Args[i] = (byte)info.Args[i].Kind;
        }

        return description;
    }

    /// <summary>Names numbers as they arrive, and has the kernel side read the texts of those calls from then on.</summary>
    private sealed class Namer(NewCallNames names, SyscallTable table, BpfMap syscalls)
    {
        // A number that no name is found for is most often none that the kernel has.
        private const int MaxTries = 8;

        private readonly Dictionary<int, int> _tries = [];

        public SyscallInfo? Find(int number, uint thread)
        {
            ref var tries = ref CollectionsMarshal.GetValueRefOrAddDefault(_tries, number, out _);
            if (tries++ >= MaxTries || names.LastOf(thread) is not { } name || table.Name(number, name) is not { } info)
            {
                return null;
            }

            syscalls.Update((uint)number, Describe(info, off: false));
            return info;
        }
    }

    private int Drain(SyscallEventHandler handler)
    {
        var handled = 0;
        while (handled < MaxEventsPerPoll && _ring.TryRead(out var record))
        {
            if (TryAssemble(record))
            {
                handled++;
                handler(_event);
            }
        }

        return handled;
    }

    private bool TryAssemble(ReadOnlySpan<byte> record)
    {
        try
        {
            return _assembler.TryAssemble(record, _event);
        }
        catch (RecordFormatException)
        {
            // One bad record must not stop the capture: counted, and seen in the metrics.
            _decodeErrors++;
            return false;
        }
    }

    private CaptureCounters Count()
    {
        var perCpu = new KernelCounters[BpfMap.PossibleCpus];
        _counters.TryLookupPerCpu(0u, perCpu.AsSpan());
        var sum = default(KernelCounters);
        foreach (ref readonly var cpu in perCpu.AsSpan())
        {
            sum.Seen += cpu.Seen;
            sum.Submitted += cpu.Submitted;
            sum.Filtered += cpu.Filtered;
            sum.DroppedFull += cpu.DroppedFull;
            sum.DroppedSize += cpu.DroppedSize;
            sum.DroppedScratch += cpu.DroppedScratch;
            sum.ReadFaults += cpu.ReadFaults;
        }

        var state = _assembler.State;
        return new CaptureCounters(
            (long)sum.Seen, (long)sum.Submitted, (long)sum.Filtered, (long)sum.DroppedFull, (long)sum.DroppedSize,
            (long)sum.DroppedScratch, (long)sum.ReadFaults, _assembler.Events, _assembler.StateOnly, _decodeErrors,
            state.Tree.Count, state.Tree.LookedUp, state.Tree.NotKept, state.Fds.Resolved, state.Fds.Skipped);
    }
}
