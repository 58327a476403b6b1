using Syscribe.Capture.Records;

namespace Syscribe.Capture.Calls;

/// <summary>Birth and end of processes.</summary>
internal static class LifeCalls
{
    /// <summary>sched_process_fork, in the parent.</summary>
    public static void Born(Call call)
    {
        var record = call.Record;
        if (!record.TryBlock(BlockKind.Fork, out ForkBlock fork))
        {
            throw new RecordFormatException("Ring-buffer record of a fork has no block that says who was born.");
        }

        var parent = call.Process;
        parent.LastCloneFlags = fork.CloneFlags;
        if (fork.Tgid == parent.Tgid)
        {
            return;
        }

        var start = record.TryBlock(BlockKind.Proc, out ProcBlock ids) ? ids.StartNs : record.Header.KtimeNs;
        var child = call.State.Tree.Fork(parent, fork, start);
        child.LastCloneFlags = fork.CloneFlags;
        if (child.Info is not null || child.StartIsCoarse)
        {
            return;
        }

        call.Process = child;
        ExecCalls.ApplyBlocks(call, child);
        if (record.Has(BlockKind.Comm))
        {
            child.Name = call.State.Texts.Intern(ExecCalls.Comm(record.Bytes(BlockKind.Comm)));
        }
    }

    /// <summary>sched_process_exit: the parameters are Falco's.</summary>
    public static void Exited(Call call)
    {
        const int CoreDumped = 0x80;
        const int SignalMask = 0x7f;
        var status = (int)call.Return;
        call.Add(ParamNames.Status, status);
        call.Add(ParamNames.Ret, status >> 8 & 0xff);
        call.Add(ParamNames.Signal, status & SignalMask);
        call.Add(ParamNames.Core, (status & CoreDumped) != 0 ? 1 : 0);
        if ((call.Record.Header.Flags & EventFlags.Leader) != 0)
        {
            call.State.Tree.Exit(call.Process, call.Record.Header.KtimeNs);
        }
    }
}
