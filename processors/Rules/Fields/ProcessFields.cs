using Syscribe.Events;
using static Syscribe.Rules.Fields.FieldDefinition;

namespace Syscribe.Rules.Fields;

/// <summary>Fields of the acting process, its ancestors and its user: <c>proc.*</c>, <c>thread.*</c>, <c>user.*</c>, <c>group.*</c>.</summary>
internal static class ProcessFields
{
    public static IReadOnlyList<Field> All { get; } =
    [
        Of("proc.name", "Command name, at most 15 bytes.", p => p.Name),
        Of("proc.exe", "argv[0] as passed.", p => p.Exe),
        Of("proc.exepath", "Path of the running file; of a script, its interpreter.", p => p.ExePath),
        Text("proc.args", "Arguments behind argv[0] joined by blanks, or one of them, from 0; empty where there is none.", Args, ArgumentRule.OptionalIndex),
        Of("proc.cmdline", "Command name and arguments joined by blanks.", p => p.CommandLine),
        Of("proc.exeline", "argv[0] and arguments joined by blanks.", null, ExeLine),
        Id("proc.cmdnargs", FieldType.UInt, "Number of arguments behind argv[0].", p => p.Args.Count),
        Id("proc.cmdlenargs", FieldType.UInt, "Length of all arguments together.", ArgumentBytes),
        Text("proc.env", "Environment as K=V joined by blanks, or one variable's value; on exec events.", Environment, ArgumentRule.OptionalKey),
        Of("proc.cwd", "Working directory, with a trailing slash.", p => p.Cwd),
        Id("proc.pid", FieldType.Int, "Process id in the host's pid namespace.", p => p.Pid),
        Id("proc.ppid", FieldType.Int, "Parent process id.", p => p.ParentPid),
        Id("proc.vpid", FieldType.Int, "Process id in its own pid namespace.", p => p.VirtualPid, p => p.VirtualPid != -1),
        Id("proc.sid", FieldType.Int, "Session id, in its own pid namespace.", p => p.SessionId),
        Id("proc.vpgid", FieldType.Int, "Process group id, in its own pid namespace.", p => p.VirtualProcessGroupId, p => p.VirtualProcessGroupId != -1),
        Id("proc.pgid", FieldType.Int, "As proc.vpgid: events carry this one only.", p => p.VirtualProcessGroupId, p => p.VirtualProcessGroupId != -1),
        Id("proc.tty", FieldType.UInt32, "Controlling terminal's device number; 0 for none.", p => p.Tty),
        Id("proc.duration", FieldType.Duration, "Age of the process at the event.", null, p => p.StartTimeNs != 0, (s, p) => s.Event.TimeNs - p.StartTimeNs),
        Id("proc.pid.ts", FieldType.Time, "Start of the process.", p => p.StartTimeNs, p => p.StartTimeNs != 0),
        Id("proc.ppid.duration", FieldType.Duration, "Not carried by events: always missing.", p => 0, p => false),
        Of("proc.pname", "Command name of the parent.", null, (s, f, out v) => ReadAncestor(s, 1, Part.Name, out v)),
        Of("proc.pexe", "argv[0] of the parent.", null, (s, f, out v) => ReadAncestor(s, 1, Part.Exe, out v)),
        Of("proc.pexepath", "Path of the parent's running file.", null, (s, f, out v) => ReadAncestor(s, 1, Part.ExePath, out v)),
        Of("proc.pcmdline", "Command line of the parent.", null, (s, f, out v) => ReadAncestor(s, 1, Part.CommandLine, out v)),
        Ancestors("proc.aname", "Command name of an ancestor: 0 itself, 1 the parent; without a number any of them.", Part.Name),
        Ancestors("proc.aexe", "argv[0] of an ancestor.", Part.Exe),
        Ancestors("proc.aexepath", "Path of an ancestor's running file.", Part.ExePath),
        Ancestors("proc.acmdline", "Command line of an ancestor.", Part.CommandLine),
        new()
        {
            Name = "proc.apid",
            Type = FieldType.Int,
            Description = "Process id of an ancestor.",
            Argument = ArgumentRule.OptionalIndex,
            List = ListSemantics.Any,
            FirstItem = 1,
            ReadNumber = AncestorId,
        },
        Of("proc.sname", "Command name of the session leader; empty where unknown.", p => p.SessionName),
        Of("proc.sid.exe", "argv[0] of the session leader.", p => p.SessionExe),
        Of("proc.sid.exepath", "Path of the session leader's running file.", p => p.SessionExePath),
        Id("proc.loginshellid", FieldType.Int, "Pid of the highest ancestor, itself included, whose name ends in sh.", null, p => LoginShell(p) >= 0, (_, p) => LoginShell(p)),
        Is("proc.is_vpgid_leader", "Whether it leads its process group.", p => p.VirtualProcessGroupId == p.VirtualPid),
        Is("proc.is_sid_leader", "Whether it leads its session.", p => p.SessionId == p.VirtualPid),
        Is("proc.is_exe_writable", "Whether it might write its own executable, at exec.", p => (p.ExeFlags & ExeFlags.Writable) != 0),
        Is("proc.is_exe_upper_layer", "Whether its executable lies in the upper layer of an overlay.", p => (p.ExeFlags & ExeFlags.UpperLayer) != 0),
        Is("proc.is_exe_lower_layer", "Whether its executable lies in the lower layer of an overlay.", p => (p.ExeFlags & ExeFlags.LowerLayer) != 0),
        Is("proc.is_exe_from_memfd", "Whether its executable is a memfd.", p => (p.ExeFlags & ExeFlags.FromMemfd) != 0),
        Id("proc.exe_ino", FieldType.Int, "Inode number of the executable.", p => p.ExeIno, p => p.ExeIno != 0),
        Id("proc.exe_ino.ctime", FieldType.Time, "Inode change time of the executable, at exec.", p => p.ExeCtimeNs, p => p.ExeCtimeNs != 0),
        Id("proc.exe_ino.mtime", FieldType.Time, "Modification time of the executable, at exec.", p => p.ExeMtimeNs, p => p.ExeMtimeNs != 0),
        Id("proc.exe_ino.ctime_duration_proc_start", FieldType.Duration, "Start of the process minus the inode change time.", p => p.StartTimeNs - p.ExeCtimeNs, p => p.ExeCtimeNs != 0 && p.StartTimeNs != 0),
        Id("proc.exe_ino.ctime_duration_pidns_start", FieldType.Duration, "Inode change time minus the start of the pid namespace, where positive.", p => p.ExeCtimeNs - p.PidnsStartNs, p => p.PidnsStartNs != 0 && p.ExeCtimeNs > p.PidnsStartNs),
        Id("proc.pidns_init_start_ts", FieldType.Time, "Start of the pid namespace.", p => p.PidnsStartNs, p => p.PidnsStartNs != 0),
        Number("thread.tid", FieldType.Int, "Thread id in the host's pid namespace.", (SyscallFields s, FieldRef _, out long v) => Set(s.Event.ThreadId, out v)),
        Is("thread.ismain", "Whether the thread is its process's first.", null, (s, p) => s.Event.ThreadId == p.Pid),
        Capability("thread.cap_permitted", "Permitted capabilities, CAP_X joined by blanks.", p => p.CapPermitted),
        Capability("thread.cap_effective", "Effective capabilities.", p => p.CapEffective),
        Capability("thread.cap_inheritable", "Inheritable capabilities.", p => p.CapInheritable),
        Id("user.uid", FieldType.UInt32, "Effective user id.", p => p.UserId),
        Of("user.name", "Name of the user; the text <NA> where unknown.", p => p.UserName),
        Id("user.loginuid", FieldType.Int, "Audit login uid; -1 where unset.", p => p.LoginUserId),
        Of("user.loginname", "Name of the login uid; the text <NA> where none.", p => p.LoginName),
        Id("group.gid", FieldType.UInt32, "Effective group id.", p => p.GroupId),
        Of("group.name", "Name of the group; the text <NA> where unknown.", p => p.GroupName),
    ];

    private enum Part
    {
        Name,
        Exe,
        ExePath,
        CommandLine,
    }

    /// <summary>Ancestor 0 is the process itself.</summary>
    private static bool ReadAncestor(SyscallFields s, int index, Part part, out Utf8 value)
    {
        value = default;
        if (s.Event.Process is not { } process)
        {
            return false;
        }

        if (index > 0)
        {
            if (index > process.Ancestors.Count)
            {
                return false;
            }

            var ancestor = process.Ancestors[index - 1];
            value = part switch
            {
                Part.Name => ancestor.Name,
                Part.Exe => ancestor.Exe,
                Part.ExePath => ancestor.ExePath,
                _ => ancestor.CommandLine,
            };
            return true;
        }

        value = part switch
        {
            Part.Name => process.Name,
            Part.Exe => process.Exe,
            Part.ExePath => process.ExePath,
            _ => process.CommandLine,
        };
        return index == 0;
    }

    private static Field Ancestors(string name, string description, Part part) => new()
    {
        Name = name,
        Type = FieldType.Text,
        Description = description,
        Argument = ArgumentRule.OptionalIndex,
        List = ListSemantics.Any,
        FirstItem = 1,
        ReadText = (SyscallFields s, FieldRef f, out Utf8 v) => f.Index >= 0 ? ReadAncestor(s, f.Index, part, out v) : JoinAncestors(s, part, out v),
    };

    private static bool JoinAncestors(SyscallFields s, Part part, out Utf8 value)
    {
        value = default;
        var count = s.Event.Process?.Ancestors.Count ?? 0;
        s.Scratch.Begin();
        for (var i = 1; i <= count && ReadAncestor(s, i, part, out var one); i++)
        {
            if (i > 1)
            {
                s.Scratch.Append((byte)' ');
            }

            s.Scratch.Append(one.Span);
        }

        value = s.Scratch.End();
        return count > 0;
    }

    private static bool AncestorId(SyscallFields s, FieldRef field, out long value)
    {
        value = 0;
        if (s.Event.Process is not { } process || field.Index < 0 || field.Index > process.Ancestors.Count)
        {
            return false;
        }

        value = field.Index == 0 ? process.Pid : process.Ancestors[field.Index - 1].Pid;
        return true;
    }

    private static bool Args(SyscallFields s, FieldRef field, out Utf8 value)
    {
        value = Utf8.Empty;
        if (s.Event.Process is not { } process)
        {
            return false;
        }

        if (field.Index >= 0)
        {
            value = field.Index < process.Args.Count ? process.Args[field.Index] : Utf8.Empty;
        }
        else if (process.Args.Count > 0)
        {
            // The command line is the name, a blank and the arguments.
            var skip = process.Name.Length + 1;
            value = process.CommandLine.Slice(skip, process.CommandLine.Length - skip);
        }

        return true;
    }

    private static bool ExeLine(SyscallFields s, FieldRef field, out Utf8 value)
    {
        value = default;
        if (s.Event.Process is not { } process)
        {
            return false;
        }

        s.Scratch.Begin();
        s.Scratch.Append(process.Exe.Span);
        for (var i = 0; i < process.Args.Count; i++)
        {
            s.Scratch.Append((byte)' ');
            s.Scratch.Append(process.Args[i].Span);
        }

        value = s.Scratch.End();
        return true;
    }

    private static bool Environment(SyscallFields s, FieldRef field, out Utf8 value)
    {
        value = Utf8.Empty;
        if (!s.Event.HasEnv)
        {
            return false;
        }

        if (field.Argument is not null)
        {
            foreach (var entry in s.Event.Env)
            {
                var name = field.Key.Span;
                if (entry.Length > name.Length && entry.Span[name.Length] == '=' && entry.Span.StartsWith(name))
                {
                    value = entry.Slice(name.Length + 1, entry.Length - name.Length - 1);
                    break;
                }
            }

            return true;
        }

        s.Scratch.Begin();
        foreach (var entry in s.Event.Env)
        {
            if (s.Scratch.Length > 0)
            {
                s.Scratch.Append((byte)' ');
            }

            s.Scratch.Append(entry.Span);
        }

        value = s.Scratch.End();
        return true;
    }

    private static long ArgumentBytes(ProcessInfo process)
    {
        long length = 0;
        for (var i = 0; i < process.Args.Count; i++)
        {
            length += process.Args[i].Length;
        }

        return length;
    }

    private static long LoginShell(ProcessInfo process)
    {
        for (var i = process.Ancestors.Count - 1; i >= 0; i--)
        {
            if (process.Ancestors[i].Name.Span.EndsWith("sh"u8))
            {
                return process.Ancestors[i].Pid;
            }
        }

        return process.Name.Span.EndsWith("sh"u8) ? process.Pid : -1;
    }

    private static Field Of(string name, string description, Func<ProcessInfo, Utf8>? read, Field.TextReader? whole = null) =>
        Text(name, description, whole ?? ((SyscallFields s, FieldRef _, out Utf8 v) =>
            Set(s.Event.Process is { } process && read is not null ? read(process) : default, out v)));

    private static Field Id(
        string name,
        FieldType type,
        string description,
        Func<ProcessInfo, long>? read,
        Func<ProcessInfo, bool>? exists = null,
        Func<SyscallFields, ProcessInfo, long>? whole = null) =>
        Number(name, type, description, (SyscallFields s, FieldRef _, out long v) =>
        {
            v = 0;
            if (s.Event.Process is not { } process || exists?.Invoke(process) == false)
            {
                return false;
            }

            v = read is not null ? read(process) : whole?.Invoke(s, process) ?? 0;
            return true;
        });

    private static Field Is(string name, string description, Func<ProcessInfo, bool>? read, Func<SyscallFields, ProcessInfo, bool>? whole = null) =>
        Flag(name, description, (SyscallFields s, FieldRef _, out long v) =>
        {
            v = 0;
            return s.Event.Process is { } process && Set(read?.Invoke(process) ?? whole?.Invoke(s, process) ?? false, out v);
        });

    private static Field Capability(string name, string description, Func<ProcessInfo, ulong> read) =>
        Text(name, description, (SyscallFields s, FieldRef _, out Utf8 v) =>
            Set(s.Event.Process is { } process ? s.Capabilities(read(process)) : default, out v));
}
