namespace Syscribe.Training.Data;

/// <summary>Brings fields of a draft to values that a condition asks for, with what belongs to them.</summary>
internal sealed partial class FieldSetter(Background background)
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
        or "fd.sport" or "fd.lport" or "fd.rport" or "fd.cport" or "fd.port" or "proc.vpid" or "container.privileged" or "proc.duration" or "proc.is_vpgid_leader"
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
            case "fd.l4proto":
                d.Protocol = value;
                return true;
            case "thread.cap_effective" or "thread.cap_permitted":
                d.Capabilities |= CapabilityBits(value);
                return true;
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
                d.RawPath = value.Contains("../..", StringComparison.Ordinal) ? background.Traversal(d.Path ?? "/x", 2) : Words.Chance(0.5) ? null : "/etc/../" + (d.Path ?? "/x").TrimStart('/');
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
}
