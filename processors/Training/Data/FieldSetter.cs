using System.Globalization;
using System.Net;
using Syscribe.Events;
using Syscribe.Rules.Syntax;

namespace Syscribe.Training.Data;

/// <summary>Brings fields of a draft to values that a condition asks for, with what belongs to them.</summary>
internal sealed class FieldSetter(Background background)
{
    private readonly ValueSolver _solver = new(background.Words);

    private Vocabulary Words => background.Words;

    /// <summary>Order in which fields are set: what decides more comes first.</summary>
    public static int Rank(string field) => field switch
    {
        "evt.type" or "syscall.type" => 0,
        "container.id" => 1,
        "proc.name" => 2,
        "proc.exepath" => 3,
        "proc.exe" => 4,
        "fd.type" or "fd.typechar" => 5,
        "fd.name" => 6,
        "fd.directory" => 7,
        "fd.filename" => 8,
        "evt.rawres" or "evt.res" or "fd.num" => 20,
        _ => 10,
    };

    /// <summary>Makes all <paramref name="atoms"/> of one field hold, as far as can be seen; false where that cannot be done.</summary>
    public bool Satisfy(Draft draft, string field, IReadOnlyList<Atom> atoms)
    {
        if (IsNumber(field) || IsAddress(field))
        {
            foreach (var atom in atoms)
            {
                SetNumber(draft, field, atom, atom.Holds);
            }

            return true;
        }

        atoms = [.. atoms.Where(a => a.Values.Count > 0)];
        if (atoms.All(a => !a.Holds))
        {
            // What is not "host" is a container; everything else differs from what it must not be by chance.
            draft.Container = field == "container.id" && atoms.Count > 0 && atoms[0].Values.Contains("host") ? draft.Container ?? background.NewContainer() : draft.Container;
            return true;
        }

        return _solver.Satisfy(atoms, Shape(field)) is { } value && SetText(draft, field, value);
    }

    /// <summary>Turns one atom round: what must hold does not, and the other way; false where that cannot be done.</summary>
    public bool Break(Draft draft, Atom atom)
    {
        var field = atom.Field;
        if (field.Length == 0 || atom.Values.Count == 0)
        {
            return false;
        }

        if (IsNumber(field) || IsAddress(field))
        {
            SetNumber(draft, field, atom, !atom.Holds);
            return true;
        }

        if (!atom.Holds)
        {
            return _solver.Satisfy([atom with { Holds = true }], Shape(field)) is { } value && SetText(draft, field, value);
        }

        return SetText(draft, field, _solver.Miss(atom, Text(draft, field), Shape(field)));
    }

    private static TextShape Shape(string field) => field switch
    {
        "proc.args" or "proc.cmdline" or "proc.pcmdline" or "proc.exeline" or "proc.env" => TextShape.Arguments,
        "fd.name" or "fd.directory" or "fd.nameraw" or "proc.exepath" or "proc.pexepath" or "proc.cwd" => TextShape.Path,
        _ when field.StartsWith("fs.path", StringComparison.Ordinal) => TextShape.Path,
        _ when Argument(field) is { } name && CallLayouts.Slot("", name) is "path" or "path2" => TextShape.Path,
        _ when field.StartsWith("proc.", StringComparison.Ordinal) => TextShape.Name,
        _ => TextShape.Other,
    };

    private static bool IsNumber(string field) => field is "fd.num" or "proc.tty" or "user.uid" or "user.loginuid" or "evt.rawres" or "evt.failed"
        or "fd.sport" or "fd.lport" or "fd.rport" or "fd.cport" or "fd.port" or "proc.vpid" or "thread.vtid" or "proc.is_sid_leader"
        || field.StartsWith("evt.is_", StringComparison.Ordinal) || field.StartsWith("proc.is_exe", StringComparison.Ordinal);

    private static bool IsAddress(string field) => field is "fd.ip" or "fd.net" or "fd.sip" or "fd.cip" or "fd.rip" or "fd.lip" or "fd.snet" or "fd.rnet" or "fd.cnet" or "fd.lnet";

    private static string? Argument(string field) =>
        field.StartsWith("evt.arg.", StringComparison.Ordinal) ? field[8..]
        : field.StartsWith("evt.rawarg.", StringComparison.Ordinal) ? field[11..]
        : field.StartsWith("evt.arg[", StringComparison.Ordinal) ? field[8..^1] : null;

    private static string? Text(Draft d, string field) => field switch
    {
        "fd.name" or "evt.arg.path" or "evt.arg.name" or "evt.arg.oldpath" or "evt.arg.filename" or "evt.arg.target" => d.Path,
        "evt.arg.newpath" or "evt.arg.linkpath" => d.Path2,
        "fd.nameraw" => d.RawPath,
        "fd.directory" => d.Path is { } path ? path[..Math.Max(0, path.LastIndexOf('/'))] : null,
        "fd.filename" => d.Path is { } file ? file[(file.LastIndexOf('/') + 1)..] : null,
        "proc.args" => d.Args,
        "proc.exepath" => d.ExePath,
        "proc.exe" => d.Exe,
        "proc.cwd" => d.Cwd,
        "proc.env" => string.Join(' ', d.Env),
        _ => null,
    };

    private bool SetText(Draft d, string field, string value)
    {
        switch (field)
        {
            case "proc.name":
                background.SetProgram(d, value);
                return true;
            case "proc.exepath":
                SetExePath(d, value);
                return true;
            case "proc.exe":
                d.Exe = value;
                return true;
            case "proc.args":
                d.Args = value;
                return true;
            case "proc.cmdline":
                var blank = value.IndexOf(' ', StringComparison.Ordinal);
                background.SetProgram(d, blank < 0 ? value : value[..blank]);
                d.Args = blank < 0 ? "" : value[(blank + 1)..];
                return true;
            case "proc.cwd":
                d.Cwd = value.EndsWith('/') ? value : value + "/";
                return true;
            case "proc.pname":
                SetAncestor(d, 0, value);
                return true;
            case "proc.aname":
                SetAncestor(d, Words.Random.Next(Math.Min(6, d.Ancestors.Count + 1)), value);
                return true;
            case "proc.env":
                SetEnvironment(d, value);
                return true;
            case "user.name":
                (d.User, d.Uid) = (value, value == "root" ? 0 : 1 + Words.Random.Next(998));
                return true;
            case "user.loginname":
                d.LoginName = value;
                return true;
            case "container.id" when value == "host":
                d.Container = null;
                return true;
            case "container.id":
                d.Container ??= background.NewContainer();
                return true;
            case "container.image.repository":
                d.Container = (d.Container ?? background.NewContainer()) with { Image = value };
                return true;
            case "evt.type" or "syscall.type":
                SetCall(d, value);
                return true;
            case "evt.res":
                return SetResult(d, value);
            case "fd.type":
                SetFdType(d, value);
                return true;
            case "fd.typechar":
                SetFdType(d, value switch { "4" => "ipv4", "6" => "ipv6", "u" => "unix", "d" => "directory", "p" => "pipe", "f" => "file", _ => Words.Pick(["directory", "pipe", "unix", "event", "other", "netlink"]) });
                return true;
            default:
                return SetObject(d, field, value);
        }
    }

    private bool SetObject(Draft d, string field, string value)
    {
        switch (field)
        {
            case "fd.name" or "fs.path.name":
                d.Path = value;
                d.RawPath = null;
                if (CallFamilies.Of(d.Call)?.Name == "connect")
                {
                    (d.ServerIp, d.FdType) = (null, null);
                }

                return true;
            case "fd.directory":
                d.Path = $"{value}/{(d.Path ?? "/x")[((d.Path ?? "/x").LastIndexOf('/') + 1)..]}";
                d.RawPath = null;
                return true;
            case "fd.filename":
                d.Path = $"{(d.Path ?? "/x")[..Math.Max(0, (d.Path ?? "/x").LastIndexOf('/'))]}/{value.TrimStart('/')}";
                d.RawPath = null;
                return true;
            case "fd.nameraw":
                d.RawPath = value.Contains("../..", StringComparison.Ordinal) ? DeepTraversal(d.Path ?? "/x") : Words.Chance(0.5) ? null : background.Traversal(d.Path ?? "/x").Replace("../..", "..", StringComparison.Ordinal);
                return true;
        }

        if (field.StartsWith("proc.aname[", StringComparison.Ordinal) && int.TryParse(field[11..^1], out var generation))
        {
            SetAncestor(d, Math.Max(0, generation - 1), value);
            return true;
        }

        return Argument(field) is { } name && SetArgument(d, name, value);
    }

    private bool SetArgument(Draft d, string name, string value)
    {
        switch (CallLayouts.Slot(d.Call, name))
        {
            case "path":
                d.Path = value;
                d.RawPath = null;
                return true;
            case "path2":
                d.Path2 = value;
                return true;
            case "flags":
                SetFlags(d, name, value);
                return true;
            case "uid":
                d.Uid = long.TryParse(value, out var uid) ? uid : d.Uid;
                return true;
            default:
                d.Extra[name] = value;
                return true;
        }
    }

    // Where a condition asks for one flag among others, the others stay; an empty or distorted name is one flag less.
    private void SetFlags(Draft d, string name, string value)
    {
        var isEnum = name is "request" or "cmd" or "domain" or "nstype";
        var wanted = value.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Trim()).Where(v => v.All(c => c is (>= 'A' and <= 'Z') or '_' or (>= '0' and <= '9'))).ToArray();
        if (name == "mode")
        {
            d.Flags = wanted.Contains("S_ISUID") ? Background.ModeNames(Words.Pick(["4755", "4711", "4555", "6755", "4750", "4700"])) : Background.ModeNames(Words.Pick(["0755", "0644", "2755", "1777", "0700"]));
        }
        else if (isEnum)
        {
            background.SetObject(d);
            d.Flags = wanted.Length > 0 ? wanted[0] : d.Flags;
            d.FdType = d.Call == "socket" ? d.Flags switch { "AF_INET" => "ipv4", "AF_INET6" => "ipv6", "AF_UNIX" or "AF_LOCAL" => "unix", "AF_NETLINK" => "netlink", _ => "<NA>" } : d.FdType;
        }
        else if (d.Call == "unshare")
        {
            d.Flags = wanted.Any(w => w.StartsWith("CLONE_NEW", StringComparison.Ordinal)) ? Words.Pick(["CLONE_NEWNS", "CLONE_NEWUSER", "CLONE_NEWNET|CLONE_NEWUSER", "CLONE_NEWPID|CLONE_NEWNS", "CLONE_NEWUTS", "CLONE_FILES|CLONE_NEWNS", "CLONE_NEWIPC", "CLONE_NEWCGROUP"]) : Words.Pick(["CLONE_FILES", "CLONE_FS", "CLONE_FILES|CLONE_FS", "CLONE_SYSVSEM"]);
        }
        else
        {
            d.Flags = Background.Ordered(string.Join('|', d.Flags.Split('|').Concat(wanted)));
        }
    }

    private void SetNumber(Draft d, string field, Atom atom, bool holds)
    {
        var value = atom.Values.Count > 0 ? Words.Pick(atom.Values) : "";
        switch (field)
        {
            case "proc.tty":
                // Only "= 0" and "!= 0" are asked.
                d.Tty = (value == "0") == holds ? 0 : 34816 + Words.Random.Next(8);
                break;
            case "user.uid":
                SetUid(d, (value == "0") == holds);
                break;
            case "evt.rawres" or "evt.failed" or "fd.num" when IsOutcome(atom):
                var succeeds = holds == (atom.Node.Operator is CompareOperator.GreaterOrEqual or CompareOperator.Greater || value == "false");
                d.Return = succeeds ? 0 : FlagNames.Error(Words.Pick(FlagNames.CommonErrors));
                break;
            case "fd.num":
                d.FdNum = holds ? long.Parse(value, CultureInfo.InvariantCulture) : 3 + Words.Random.Next(40);
                break;
            case "fd.sport" or "fd.rport" or "fd.port" or "fd.lport" or "fd.cport":
                d.ServerPort = holds && int.TryParse(value, out var port) ? port : background.NewPort();
                break;
            case "evt.is_open_write":
                SetAccess(d, write: (value == "true") == holds, read: false);
                break;
            case "evt.is_open_read":
                SetAccess(d, write: (value == "true") != holds, read: true);
                break;
            case "proc.is_exe_from_memfd":
                SetExeFlag(d, ExeFlags.FromMemfd, (value == "true") == holds);
                break;
            case "proc.is_exe_upper_layer":
                SetExeFlag(d, ExeFlags.UpperLayer, (value == "true") == holds);
                break;
            case "proc.is_exe_writable":
                SetExeFlag(d, ExeFlags.Writable, (value == "true") == holds);
                break;
            default:
                SetAddress(d, field, value, holds);
                break;
        }
    }

    private static bool IsOutcome(Atom atom) => atom.Field != "fd.num" || atom.Node.Operator is CompareOperator.GreaterOrEqual or CompareOperator.Greater or CompareOperator.Less;

    private void SetAccess(Draft d, bool write, bool read)
    {
        // Reading and writing both where each is asked for: is_open_read and is_open_write of one event.
        var now = d.Flags;
        var kept = now.Split('|').Where(f => f is "O_TRUNC" or "O_CREAT" or "O_F_CREATED" && write);
        d.Flags = Background.Ordered(string.Join('|', background.OpenFlagsFor(write).Split('|').Concat(kept)));
        if (read && !write && Words.Chance(0.85))
        {
            d.Flags = Words.Pick(["O_RDONLY", "O_RDONLY|O_CLOEXEC", "O_LARGEFILE|O_RDONLY", "O_NONBLOCK|O_RDONLY"]);
        }

        if (read == write && !now.Contains("RDWR", StringComparison.Ordinal) && write)
        {
            d.Flags = Words.Pick(["O_WRONLY", "O_TRUNC|O_CREAT|O_WRONLY", "O_APPEND|O_WRONLY"]);
        }

        d.FdType = d.Flags.Contains("O_DIRECTORY", StringComparison.Ordinal) ? "directory" : "file";
    }

    private void SetUid(Draft d, bool root)
    {
        (d.Uid, d.User) = root ? (0, Words.Chance(0.95) ? "root" : "<NA>") : Words.Chance(0.7) ? (1000 + Words.Random.Next(99), Words.Person()) : (1 + Words.Random.Next(900), Words.Service());
    }

    private void SetExeFlag(Draft d, ExeFlags flag, bool on)
    {
        d.ExeFlags = on ? (d.ExeFlags & ~ExeFlags.LowerLayer) | flag : d.ExeFlags & ~flag;
        if (on && flag == ExeFlags.FromMemfd)
        {
            d.ExePath = $"memfd:{(Words.Chance(0.8) ? Words.Word() : "")}";
            d.Exe = Words.Pick([d.Name, d.ExePath, "/proc/self/fd/3", $"/proc/{Words.Random.Next(9999)}/fd/{Words.Random.Next(3, 9)}"]);
        }
    }

    private void SetAddress(Draft d, string field, string value, bool holds)
    {
        if (field.StartsWith("proc", StringComparison.Ordinal) || field.StartsWith("evt", StringComparison.Ordinal) || field.StartsWith("thread", StringComparison.Ordinal))
        {
            return;
        }

        if (holds && IPAddress.TryParse(value.Split('/')[0], out var address))
        {
            var bytes = address.GetAddressBytes();
            if (value.Split('/') is [_, var bits] && int.TryParse(bits, out var count))
            {
                for (var i = count / 8; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)Words.Random.Next(1, 255);
                }
            }

            d.ServerIp = bytes;
        }
        else
        {
            var excluded = d.ServerIp;
            d.ServerIp = holds || excluded is null || Matches(excluded, value) ? background.NewAddress() : excluded;
        }

        d.ServerPort = d.ServerPort == 0 ? background.NewPort() : d.ServerPort;
        d.Path = null;
        Background.SetClient(d);
    }

    private static bool Matches(byte[] ip, string value) =>
        IPAddress.TryParse(value.Split('/')[0], out var address) && address.GetAddressBytes() is var bytes && bytes.Length == ip.Length && bytes[0] == ip[0];

    private void SetCall(Draft d, string call)
    {
        if (call == d.Call)
        {
            return;
        }

        d.Call = call;
        var before = d.Clone();
        background.SetObject(d);
        (d.Path, d.Path2, d.RawPath) = (before.Path ?? d.Path, before.Path2 ?? d.Path2, before.RawPath);
    }

    private void SetAncestor(Draft d, int index, string name)
    {
        while (d.Ancestors.Count <= index)
        {
            d.Ancestors.Add(background.NewAncestor(Words.Program()));
        }

        d.Ancestors[index] = background.NewAncestor(name);
    }

    private void SetExePath(Draft d, string path)
    {
        path = path.EndsWith("/busybox", StringComparison.Ordinal) && Words.Chance(0.7) ? Words.Pick(["/bin/busybox", "/usr/bin/busybox"]) : path;
        var name = path[(path.LastIndexOf('/') + 1)..];
        d.ExePath = path;
        if (name.Length > 0 && !path.EndsWith("/busybox", StringComparison.Ordinal) && !path.StartsWith("memfd:", StringComparison.Ordinal))
        {
            d.Name = name.Length <= 15 ? name : name[..15];
            var isRelative = Words.Chance(0.3);
            d.Exe = isRelative ? $"./{name}" : path;
            d.Cwd = isRelative ? path[..(path.LastIndexOf('/') + 1)] : d.Cwd;
        }
        else
        {
            d.Name = Words.Chance(0.5) ? "busybox" : "exe";
            d.Exe = Words.Pick(["ls", "ps", "mount", "busybox", "/bin/busybox"]);
        }
    }

    private void SetEnvironment(Draft d, string value)
    {
        // A variable to the end, as the condition's part stands in it.
        var start = value.IndexOfAny(['L', 'G']);
        var text = start < 0 ? value : value[start..];
        var at = new[] { "LD_PRELOAD", "LD_AUDIT", "GLIBC_TUNABLES", "LD_LIBRARY_PATH" }.Select(n => value.IndexOf(n, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
        text = (at < 0 ? text : value[at..]).Split(' ')[0];
        d.Env = [.. d.Env.Where(v => !text.StartsWith(v.Split('=')[0] + "=", StringComparison.Ordinal)), text];
        if (text.EndsWith('/'))
        {
            d.Env[^1] += Words.Word() + ".so";
        }
    }

    private bool SetResult(Draft d, string value)
    {
        d.Return = value == "SUCCESS" ? 0 : FlagNames.Error(value);
        if (d.Return is null)
        {
            d.Return = FlagNames.Error(Words.Pick(FlagNames.CommonErrors));
        }

        return true;
    }

    private void SetFdType(Draft d, string type)
    {
        d.FdType = type;
        if (type is not ("ipv4" or "ipv6"))
        {
            d.ServerIp = CallFamilies.Of(d.Call)?.Name == "connect" ? d.ServerIp : null;
            return;
        }

        if (d.ServerIp is null || d.ServerIp.Length == 16 != (type == "ipv6"))
        {
            do
            {
                d.ServerIp = background.NewAddress();
            }
            while (d.ServerIp.Length == 16 != (type == "ipv6"));
            d.ServerPort = background.NewPort();
        }

        d.Path = null;
        Background.SetClient(d);
    }

    private string DeepTraversal(string path)
    {
        var start = Words.Random.Next(4) switch { 0 => $"{Words.Directory()}/", 1 => $"{Words.Word()}/", 2 => "./", _ => "" };
        return start + string.Concat(Enumerable.Repeat("../", 2 + Words.Random.Next(6))) + path.TrimStart('/');
    }
}
