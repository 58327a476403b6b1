using System.Runtime.InteropServices;

namespace Syscribe.Capture;

/// <summary>
/// What became of every call that the kernel side saw since the capture began.
/// Invariants: <c>Seen = Submitted + Filtered + Dropped*</c>, and once the ring buffer is drained
/// <c>Submitted = Events + StateOnly + DecodeErrors</c>.
/// </summary>
/// <param name="Seen">Calls, operations, births and ends that the programs saw.</param>
/// <param name="Submitted">Put into the ring buffer.</param>
/// <param name="Filtered">Left out by system call, process or cgroup, or because nothing is captured yet.</param>
/// <param name="DroppedFull">Lost: the ring buffer was full.</param>
/// <param name="DroppedSize">Lost: the record was over its bound.</param>
/// <param name="DroppedScratch">Lost: the per-CPU memory was in use.</param>
/// <param name="ReadFaults">User memory that was not resident; the event came without that text.</param>
/// <param name="Events">Handed to the handler.</param>
/// <param name="StateOnly">Births: they change the state and make no event.</param>
/// <param name="DecodeErrors">Records that did not have the layout of <c>bpf/event.h</c>.</param>
/// <param name="Processes">Processes known now.</param>
/// <param name="ProcessLookups">Processes looked up in /proc because no event told of them.</param>
/// <param name="ProcessesNotKept">Processes not kept because the table is full.</param>
/// <param name="FdLookups">Descriptors looked up in /proc.</param>
/// <param name="FdLookupsSkipped">Descriptors not looked up, because of the bound per second.</param>
public readonly record struct CaptureCounters(
    long Seen,
    long Submitted,
    long Filtered,
    long DroppedFull,
    long DroppedSize,
    long DroppedScratch,
    long ReadFaults,
    long Events,
    long StateOnly,
    long DecodeErrors,
    long Processes,
    long ProcessLookups,
    long ProcessesNotKept,
    long FdLookups,
    long FdLookupsSkipped)
{
    /// <summary>All that was lost in the kernel.</summary>
    public long Dropped => DroppedFull + DroppedSize + DroppedScratch;
}

/// <summary><c>struct counters</c> of <c>bpf/event.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelCounters
{
    public ulong Seen;
    public ulong Submitted;
    public ulong Filtered;
    public ulong DroppedFull;
    public ulong DroppedSize;
    public ulong DroppedScratch;
    public ulong ReadFaults;
}
