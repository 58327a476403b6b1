using Syscribe.Capture.Records;
using Syscribe.Capture.State;
using Syscribe.Capture.Text;

namespace Syscribe.Capture.Calls;

/// <summary>Calls that change a process: identity, namespaces, session, program code.</summary>
internal static class ProcessCalls
{
    public static void SetUid(Call call)
    {
        ApplyCredentials(call);
        var uid = call.UIntArg(0);
        call.AddResult();
        call.Add(ParamNames.Uid, uid, call.State.Users.UserParam(uid, call.Process.ContainerId, call.Process.Tgid));
    }

    /// <summary>Every other call that changes credentials.</summary>
    public static void Credentials(Call call)
    {
        ApplyCredentials(call);
        GenericCalls.Any(call);
    }

    public static void SetNamespace(Call call)
    {
        ApplyCredentials(call);
        call.AddResult();
        FileCalls.AddDescriptor(call, ParamNames.Fd, call.IntArg(0));
        var type = FalcoFlags.Clone(call.UIntArg(1));
        call.Add(ParamNames.NsType, (long)type, FlagTables.Clone.Text(type));
    }

    public static void Unshare(Call call)
    {
        const uint Files = 0x400; // CLONE_FILES
        ApplyCredentials(call);
        var kernel = call.UIntArg(0);
        if (!call.Failed && (kernel & Files) != 0)
        {
            call.Process.Fds = call.Process.Fds.Fork();
        }

        call.AddResult();
        var flags = FalcoFlags.Clone(kernel);
        call.Add(ParamNames.Flags, (long)flags, FlagTables.Clone.Text(flags));
    }

    /// <summary>setsid and setpgid.</summary>
    public static void Session(Call call)
    {
        if (!call.Failed)
        {
            ApplySession(call);
        }

        GenericCalls.Any(call);
    }

    public static void Ptrace(Call call)
    {
        var request = FalcoFlags.Ptrace(call.Arg(0));
        call.AddResult();
        call.AddPrinted(ParamNames.Addr, call.Arg(2), call.State.Numbers.Hex(call.Arg(2)));
        call.AddPrinted(ParamNames.Data, call.Arg(3), call.State.Numbers.Hex(call.Arg(3)));
        call.Add(ParamNames.Request, (long)request, FlagTables.Ptrace.Text(request));
        var pid = call.IntArg(1);
        call.Add(ParamNames.Pid, pid, OnHost(call) ? call.State.Tree.Find((uint)pid)?.Name ?? default : default);
    }

    public static void InitModule(Call call)
    {
        call.AddResult();
        call.AddMissing(ParamNames.Image);
        call.Add(ParamNames.Length, (long)call.Arg(1));
        AddModuleArguments(call, 2);
    }

    public static void FInitModule(Call call)
    {
        call.AddResult();
        FileCalls.AddDescriptor(call, ParamNames.Fd, call.IntArg(0));
        AddModuleArguments(call, 1);
        call.Add(ParamNames.Flags, call.UIntArg(2), FlagTables.Module.Text(call.UIntArg(2)));
    }

    /// <summary>clone, clone3, fork and vfork: in the parent the result is the child, in the child 0.</summary>
    public static void Clone(Call call)
    {
        var process = call.Process;
        call.Add(ParamNames.Res, call.Return, call.Failed ? Errno.Name(call.Return) : call.Return > 0 ? process.Name : default);
        call.AddText(ParamNames.Exe, process.Exe);
        call.AddText(ParamNames.Args, ExecCalls.Join(call, process.Args));
        call.Add(ParamNames.Tid, call.Record.Header.Tid, process.Name);
        call.Add(ParamNames.Pid, process.Tgid, process.Name);
        call.Add(ParamNames.Ptid, process.ParentTgid, process.Parent?.Name ?? default);
        call.AddText(ParamNames.Cwd, process.Cwd);
        call.AddText(ParamNames.Comm, process.Name);
        var flags = FalcoFlags.Clone(process.LastCloneFlags);
        call.Add(ParamNames.Flags, (long)flags, FlagTables.Clone.Text(flags));
        call.Add(ParamNames.Uid, process.Uid, call.State.Users.User(process.Uid, process.ContainerId, process.Tgid));
        call.Add(ParamNames.Gid, process.Gid, call.State.Users.Group(process.Gid, process.ContainerId, process.Tgid));
    }

    /// <summary>The credentials block, where the call succeeded.</summary>
    internal static void ApplyCredentials(Call call)
    {
        if (call.Record.TryBlock(BlockKind.Cred, out CredBlock credentials))
        {
            Apply(call.Process, credentials);
        }
    }

    internal static void Apply(ProcessState process, in CredBlock credentials)
    {
        var loginUid = credentials.LoginUid == uint.MaxValue ? -1 : (long)credentials.LoginUid;
        process.Dirty |= process.Uid != credentials.Euid || process.Gid != credentials.Egid || process.LoginUid != loginUid
            || process.CapPermitted != credentials.CapPermitted || process.CapEffective != credentials.CapEffective
            || process.CapInheritable != credentials.CapInheritable;
        process.Uid = credentials.Euid;
        process.Gid = credentials.Egid;
        process.LoginUid = loginUid;
        process.CapPermitted = credentials.CapPermitted;
        process.CapEffective = credentials.CapEffective;
        process.CapInheritable = credentials.CapInheritable;
    }

    internal static void Apply(ProcessState process, in ProcBlock ids)
    {
        process.Dirty |= process.VirtualPid != ids.Vpid || process.SessionId != ids.Sid || process.VirtualProcessGroupId != ids.Pgid
            || process.Tty != ids.Tty || process.PidNamespace != ids.Pidns || process.PidNamespaceStartNs != ids.PidnsStartNs;
        process.VirtualPid = ids.Vpid;
        process.SessionId = ids.Sid;
        process.VirtualProcessGroupId = ids.Pgid;
        process.Tty = ids.Tty;
        process.PidNamespace = ids.Pidns;
        process.PidNamespaceStartNs = ids.PidnsStartNs;
    }

    // Whether ids that the process passes are those of the host.
    private static bool OnHost(Call call) => call.Process.PidNamespace == call.State.Tree.HostPidNamespace;

    private static void ApplySession(Call call)
    {
        if (call.Record.TryBlock(BlockKind.Proc, out ProcBlock ids))
        {
            var session = call.Process.SessionId;
            Apply(call.Process, ids);
            if (session != call.Process.SessionId)
            {
                call.State.Tree.Changed(call.Process);
            }
        }

        // setpgid of a child: the block is about the caller.
        var (pid, group) = (call.IntArg(0), call.IntArg(1));
        if (call.Info.Args.Length == 2 && pid > 0 && pid != call.Process.VirtualPid
            && OnHost(call) && call.State.Tree.Find((uint)pid) is { } child)
        {
            child.VirtualProcessGroupId = group == 0 ? pid : group;
            child.Dirty = true;
        }
    }

    private static void AddModuleArguments(Call call, int index)
    {
        var text = call.Record.String(index);
        call.AddText(ParamNames.UArgs, text.IsNull ? Call.Null : text);
    }
}
