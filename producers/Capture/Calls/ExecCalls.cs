using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Calls;

/// <summary>Starting a program: what worked comes as an exec record, what failed as the call's own.</summary>
internal static class ExecCalls
{
    private static readonly Utf8 Memfd = Utf8.From("memfd:");

    /// <summary>A successful exec. All of the process's state that a program brings is replaced.</summary>
    public static void Succeeded(Call call)
    {
        var process = call.Process;
        Apply(call, process);
        Fill(call, new Attempt(process.Exe, Join(call, process.Args), call.Record.String(0)));
    }

    /// <summary>A failed execve: exe and args are the attempt's, all else the caller's.</summary>
    public static void Execve(Call call) => Failed(call, call.Record.String(0));

    /// <summary>A failed execveat: Falco gives it no filename.</summary>
    public static void ExecveAt(Call call) => Failed(call, default);

    /// <summary>The texts joined by blanks.</summary>
    internal static Utf8 Join(Call call, ReadOnlySpan<Utf8> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (i > 0)
            {
                call.Arena.Append((byte)' ');
            }

            call.Arena.Append(texts[i]);
        }

        return call.Arena.Take();
    }

    private static void Failed(Call call, Utf8 fileName)
    {
        var attempted = NulSeparated.Split(call.Record.Bytes(BlockKind.Argv).Span);
        var path = call.Record.String(call.Info.Args.Length == 5 ? 1 : 0);
        var exe = attempted.Length > 0 ? attempted[0] : path;
        Fill(call, new Attempt(exe, attempted.Length > 1 ? Join(call, attempted.AsSpan(1)) : Utf8.Empty, fileName));
    }

    private static void Apply(Call call, ProcessState process)
    {
        var record = call.Record;
        var texts = call.State.Texts;
        process.Name = record.Has(BlockKind.Comm) ? texts.Intern(Comm(record.Bytes(BlockKind.Comm))) : process.Name;
        process.ExePath = record.Has(BlockKind.ExePath) ? texts.Intern(ExePath(record.Bytes(BlockKind.ExePath))) : texts.Intern(record.String(0));
        var arguments = NulSeparated.Split(record.Bytes(BlockKind.Argv).Span);
        process.Exe = arguments.Length > 0 ? arguments[0] : process.ExePath.IsNull ? Utf8.Empty : process.ExePath;
        process.Args = arguments.Length > 1 ? arguments[1..] : [];
        if (record.Has(BlockKind.Cwd))
        {
            process.Cwd = texts.Intern(PathText.WithTrailingSlash(call.Arena, record.Bytes(BlockKind.Cwd)));
        }

        ApplyBlocks(call, process);
        process.Fds = process.Fds.Fork();
        process.Fds.DropCloseOnExec();
        call.State.Tree.Changed(process);
    }

    internal static void ApplyBlocks(Call call, ProcessState process)
    {
        var record = call.Record;
        if (record.TryBlock(BlockKind.Cred, out CredBlock credentials))
        {
            ProcessCalls.Apply(process, credentials);
        }

        if (record.TryBlock(BlockKind.Proc, out ProcBlock ids))
        {
            ProcessCalls.Apply(process, ids);
        }

        if (record.TryBlock(BlockKind.Exec, out ExecBlock exec))
        {
            process.ExeFlags = (ExeFlags)exec.Flags;
            process.ExeIno = exec.Ino;
            process.ExeCtimeNs = exec.CtimeNs;
            process.ExeMtimeNs = exec.MtimeNs;
        }

        var cgroup = record.Bytes(BlockKind.Cgroup);
        if (!cgroup.IsNull && cgroup != process.Cgroup)
        {
            process.Cgroup = call.State.Texts.Intern(cgroup);
            process.ContainerId = ContainerId.Find(cgroup.Span);
            process.Dirty = true;
        }
    }

    /// <summary>A task's name: 16 bytes, NUL padded.</summary>
    internal static Utf8 Comm(Utf8 padded)
    {
        var end = padded.Span.IndexOf((byte)0);
        return end < 0 ? padded : padded.Slice(0, end);
    }

    // Falco's form: without the mark of a deleted file, and memfd:NAME for a program in memory.
    private static Utf8 ExePath(Utf8 path)
    {
        var deleted = " (deleted)"u8;
        if (path.Span.EndsWith(deleted))
        {
            path = path.Slice(0, path.Length - deleted.Length);
        }

        return path.Length > 1 && path.Span[1..].StartsWith(Memfd.Span) ? path.Slice(1, path.Length - 1) : path;
    }

    private static void Fill(Call call, Attempt attempt)
    {
        var process = call.Process;
        var numbers = call.State.Numbers;
        call.AddResult();
        call.AddText(ParamNames.Exe, attempt.Exe);
        call.AddText(ParamNames.Args, attempt.Args);
        call.Add(ParamNames.Tid, call.Record.Header.Tid, process.Name);
        call.Add(ParamNames.Pid, process.Tgid, process.Name);
        call.Add(ParamNames.Ptid, process.ParentTgid, process.Parent?.Name ?? default);
        call.AddText(ParamNames.Cwd, process.Cwd);
        call.AddMissing(ParamNames.FdLimit);
        call.AddMissing(ParamNames.MajorFaults);
        call.AddMissing(ParamNames.MinorFaults);
        call.AddMissing(ParamNames.VmSize);
        call.AddMissing(ParamNames.VmRss);
        call.AddMissing(ParamNames.VmSwap);
        call.AddText(ParamNames.Comm, process.Name);
        call.AddText(ParamNames.Cgroups, process.Cgroup);
        AddEnvironment(call);
        call.Add(ParamNames.Tty, process.Tty);
        call.Add(ParamNames.Vpgid, process.VirtualProcessGroupId);
        call.Add(ParamNames.LoginUid, process.LoginUid, call.State.Users.Login(process.LoginUid, process.ContainerId, process.Tgid));
        call.Add(ParamNames.Flags, (long)process.ExeFlags, FlagTables.Exe.Text((ulong)process.ExeFlags));
        AddCapability(call, ParamNames.CapInheritable, process.CapInheritable);
        AddCapability(call, ParamNames.CapPermitted, process.CapPermitted);
        AddCapability(call, ParamNames.CapEffective, process.CapEffective);
        call.Add(ParamNames.ExeIno, (long)process.ExeIno);
        call.Add(ParamNames.ExeInoCtime, (long)process.ExeCtimeNs);
        call.Add(ParamNames.ExeInoMtime, (long)process.ExeMtimeNs);
        call.Add(ParamNames.Uid, process.Uid, call.State.Users.User(process.Uid, process.ContainerId, process.Tgid));
        call.AddText(ParamNames.TrustedExePath, process.ExePath);
        call.Add(ParamNames.Pgid, process.VirtualProcessGroupId);
        call.Add(ParamNames.Gid, process.Gid, call.State.Users.Group(process.Gid, process.ContainerId, process.Tgid));
        call.AddText(ParamNames.FileName, attempt.FileName);
    }

    private static void AddCapability(Call call, Utf8 name, ulong value) =>
        call.AddPrinted(name, value, call.State.Numbers.Hex(value), FlagTables.Capabilities.Text(value));

    // The texts are slices of the record; their last NUL separates nothing.
    private static void AddEnvironment(Call call)
    {
        var block = call.Record.Bytes(BlockKind.Envp);
        if (block.IsNull)
        {
            call.AddMissing(ParamNames.Env);
            return;
        }

        var environment = call.Event.Env;
        call.Event.HasEnv = true;
        var start = 0;
        while (start < block.Length)
        {
            var end = block.Span[start..].IndexOf((byte)0);
            var size = end < 0 ? block.Length - start : end;
            environment.Add(block.Slice(start, size));
            start += size + 1;
        }

        call.AddText(ParamNames.Env, Join(call, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(environment)));
    }

    private readonly record struct Attempt(Utf8 Exe, Utf8 Args, Utf8 FileName);
}
