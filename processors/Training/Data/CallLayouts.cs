using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Training.Data;

/// <summary>
/// The form of each system call's event: parameters by name and order, values, descriptor, as the agent publishes them. A
/// call that is not here gets the agent's form for calls that nobody registered: kernel arguments, paths, descriptors.
/// </summary>
internal static class CallLayouts
{
    private const long AtFdCwd = -100;

    private static readonly Dictionary<string, Action<Writer>> ByName = new(StringComparer.Ordinal)
    {
        ["open"] = w => Open(w, "fd name flags mode dev ino"),
        ["openat"] = w => Open(w, "fd dirfd name flags mode dev ino"),
        ["openat2"] = w => Open(w, "fd dirfd name flags mode resolve dev ino"),
        ["creat"] = w => Open(w, "fd name mode dev ino creat_flags"),
        ["open_by_handle_at"] = w => Open(w, "mountdirfd handle flags"),
        ["io_uring.openat"] = w => Open(w, "dirfd name flags mode"),
        ["io_uring.openat2"] = w => Open(w, "dirfd name flags mode resolve"),
        ["rename"] = w => w.Res().Path("oldpath", w.Draft.Path).Path("newpath", w.Draft.Path2),
        ["renameat"] = w => w.Res().Cwd("olddirfd").Path("oldpath", w.Draft.Path).Cwd("newdirfd").Path("newpath", w.Draft.Path2),
        ["renameat2"] = w => w.Res().Cwd("olddirfd").Path("oldpath", w.Draft.Path).Cwd("newdirfd").Path("newpath", w.Draft.Path2).Number("flags", 0),
        ["io_uring.renameat"] = w => w.Cwd("olddirfd").Path("oldpath", w.Draft.Path).Cwd("newdirfd").Path("newpath", w.Draft.Path2).Number("flags", 0),
        ["link"] = w => w.Res().Path("oldpath", w.Draft.Path).Path("newpath", w.Draft.Path2),
        ["linkat"] = w => w.Res().Cwd("olddir").Path("oldpath", w.Draft.Path).Cwd("newdir").Path("newpath", w.Draft.Path2).Number("flags", 0),
        ["io_uring.linkat"] = w => w.Cwd("olddir").Path("oldpath", w.Draft.Path).Cwd("newdir").Path("newpath", w.Draft.Path2).Number("flags", 0),
        ["symlink"] = w => w.Res().Text("target", w.Draft.Path).Path("linkpath", w.Draft.Path2),
        ["symlinkat"] = w => w.Res().Text("target", w.Draft.Path).Directory("linkdirfd").Path("linkpath", w.Draft.Path2),
        ["io_uring.symlinkat"] = w => w.Text("target", w.Draft.Path).Directory("linkdirfd").Path("linkpath", w.Draft.Path2),
        ["unlink"] = w => w.Res().Path("path", w.Draft.Path),
        ["rmdir"] = w => w.Res().Path("path", w.Draft.Path),
        ["unlinkat"] = w => w.Res().Directory("dirfd").Path("name", w.Draft.Path).Number("flags", 0),
        ["io_uring.unlinkat"] = w => w.Directory("dirfd").Path("name", w.Draft.Path).Number("flags", 0),
        ["mkdir"] = w => w.Res().Path("path", w.Draft.Path).Printed("mode", 493, "1ed"),
        ["mkdirat"] = w => w.Res().Directory("dirfd").Path("path", w.Draft.Path).Printed("mode", 493, "1ed"),
        ["io_uring.mkdirat"] = w => w.Directory("dirfd").Path("path", w.Draft.Path).Printed("mode", 493, "1ed"),
        ["chmod"] = w => w.Res().Path("filename", w.Draft.Path).Mode(),
        ["fchmodat"] = w => w.Res().Directory("dirfd").Path("filename", w.Draft.Path).Mode(),
        ["fchmod"] = w => w.Res().File("fd", w.Draft.FdNum).Mode(),
        ["fchmodat2"] = w => w.Directory("dfd").Path("filename", w.Draft.Path).Number("mode", FlagNames.Value(w.Draft.Flags)).Number("flags", 0),
        ["execve"] = Exec,
        ["execveat"] = Exec,
        ["connect"] = Connect,
        ["io_uring.connect"] = Connect,
        ["dup"] = w => w.Copied(),
        ["dup2"] = w => w.Copied().Number("newfd", w.Draft.FdNum),
        ["dup3"] = w => w.Copied().Number("newfd", w.Draft.FdNum).Flags("flags", w.Draft.Uid % 2 == 0 ? "O_NONE" : "O_CLOEXEC", 4096),
        ["setuid"] = w => w.Res().Resolved("uid", w.Draft.Uid, w.Draft.User),
        ["setreuid"] = w => w.Number("ruid", w.Draft.Uid).Number("euid", w.Draft.Uid),
        ["setresuid"] = w => w.Number("ruid", w.Draft.Uid).Number("euid", w.Draft.Uid).Number("suid", w.Draft.Uid),
        ["setfsuid"] = w => w.Number("uid", w.Draft.Uid),
        ["ptrace"] = w => w.Res().Printed("addr", 0x7ffe10, "7ffe10").Printed("data", 0, "0").Flags("request", w.Draft.Flags).Resolved("pid", 777, w.Draft.Text),
        ["process_vm_readv"] = w => w.Number("pid", 777).Number("lvec", 1).Number("liovcnt", 1).Number("rvec", 1).Number("riovcnt", 1).Number("flags", 0),
        ["process_vm_writev"] = w => w.Number("pid", 777).Number("lvec", 1).Number("liovcnt", 1).Number("rvec", 1).Number("riovcnt", 1).Number("flags", 0),
        ["pidfd_getfd"] = w => w.Number("pidfd", 5).Number("ufd", 3).Number("flags", 0),
        ["init_module"] = w => w.Res().Number("length", 40960).Text("uargs", w.Draft.Text ?? ""),
        ["finit_module"] = w => w.Res().File("fd", w.Draft.FdNum).Text("uargs", w.Draft.Text ?? "").Number("flags", 0),
        ["bpf"] = w => w.Descriptor("bpf", "b").Flags("cmd", w.Draft.Flags),
        ["userfaultfd"] = w => w.Made("userfaultfd", "u").Res().Flags("flags", "O_CLOEXEC", 4096),
        ["socket"] = w => w.Descriptor(w.Draft.FdType ?? "<NA>", "o").Flags("domain", w.Draft.Flags).Number("type", 3).Number("proto", 768).Flags("flags", w.Draft.FdNum % 3 == 0 ? "O_CLOEXEC" : "O_NONE"),
        ["setns"] = w => w.Res().File("fd", w.Draft.FdNum).Flags("nstype", w.Draft.Flags),
        ["unshare"] = w => w.Res().Flags("flags", w.Draft.Flags),
        ["memfd_create"] = w => w.Text("uname", w.Draft.Text ?? "buffer").Number("flags", 1).Made("memfd", "m"),
    };

    /// <summary>Writes parameters and descriptor of <paramref name="draft"/>.</summary>
    public static void Write(Draft draft, SyscallEvent e) => ByName.GetValueOrDefault(draft.Form ?? draft.Call, Any)(new Writer(draft, e));

    /// <summary>The part of a draft that a parameter of a call shows; null where it shows none.</summary>
    public static string? Slot(string call, string param) => (call, param) switch
    {
        (_, "flags" or "mode" or "request" or "cmd" or "domain" or "nstype") => "flags",
        (_, "oldpath" or "target" or "path" or "filename" or "name" or "pathname") => "path",
        (_, "newpath" or "linkpath") => "path2",
        (_, "uid") => "uid",
        _ => null,
    };

    private static void Open(Writer w, string parameters)
    {
        var d = w.Draft;
        foreach (var name in parameters.Split(' '))
        {
            _ = name switch
            {
                "fd" => d.Failed ? w.Number("fd", d.Return ?? -1) : w.Resolved("fd", d.FdNum, $"<{TypeChar(d.FdType ?? "file")}>{d.Path}"),
                "dirfd" => w.Cwd(name),
                "mountdirfd" => w.Resolved(name, 5, $"<d>{(d.Path ?? "/")[..Math.Max(1, (d.Path ?? "/").LastIndexOf('/'))]}"),
                "name" => w.Path(name, d.Path, d.RawPath),
                "flags" or "creat_flags" => w.Flags(name, d.Flags),
                "mode" => w.Printed(name, 420, "0644"),
                "dev" => w.Printed(name, 0x800001, "800001"),
                _ => w.Number(name, name == "ino" ? 123 : 0),
            };
        }

        var known = !d.Failed && !d.Call.StartsWith("io_uring.", StringComparison.Ordinal);
        var raw = d.Call == "open_by_handle_at" ? d.Path : d.RawPath ?? d.Path;
        w.SetFd(known ? d.FdNum : -1, known ? d.FdType ?? "file" : null, known ? TypeChar(d.FdType ?? "file") : "f", d.Path, raw);
        w.Event.Fd.NameChanged = known;
        w.Event.Return = d.Return == 0 ? d.FdNum : d.Return;
    }

    private static void Exec(Writer w)
    {
        var d = w.Draft;
        w.Res().Text("exe", d.Exe).Text("args", d.Args).Resolved("tid", 4321, d.Name).Resolved("pid", 4321, d.Name)
            .Resolved("ptid", 4000, d.Ancestors.Count > 0 ? d.Ancestors[0].Name : null).Text("cwd", d.Cwd).Text("comm", d.Name)
            .Number("tty", d.Tty).Resolved("uid", d.Uid, d.User).Text("trusted_exepath", d.ExePath).Path("filename", d.Path ?? d.ExePath);
        w.Event.HasEnv = true;
        w.Event.Env.AddRange(d.Env.Select(Utf8.From));
    }

    private static void Connect(Writer w)
    {
        var d = w.Draft;
        var ip = d.ServerIp;
        var type = ip is null ? "unix" : ip.Length == 4 ? "ipv4" : "ipv6";
        var address = ip is null ? d.Path ?? "" : Address(ip, d.ServerPort);
        var tuple = ip is null ? $"ffff9a3c0->ffff9a3c8 {d.Path}" : $"{Address(d.ClientIp, d.ClientPort)}->{address}";
        var isRing = d.Call.StartsWith("io_uring.", StringComparison.Ordinal);
        if (isRing)
        {
            w.Resolved("fd", d.FdNum, "<4t>").Text("uservaddr", address).Number("addrlen", 16);
        }
        else
        {
            w.Res().Text("tuple", tuple).Resolved("fd", d.FdNum, $"<{TypeChar(type)}>{tuple}").Text("addr", address);
        }

        w.SetFd(d.FdNum, d.FdType ?? type, TypeChar(d.FdType ?? type), isRing ? "" : tuple, isRing ? "" : tuple);
        if (ip is not null && !isRing)
        {
            w.SetPeer();
        }
    }

    /// <summary>The agent's form for calls that nobody registered.</summary>
    private static void Any(Writer w)
    {
        var d = w.Draft;
        if (d.Path is not null)
        {
            w.Path("pathname", d.Path, d.RawPath);
        }

        if (d.Path2 is not null)
        {
            w.Path("path2", d.Path2);
        }

        if (d.FdType is { } type)
        {
            w.Resolved("fd", d.FdNum, $"<{TypeChar(type)}>{d.Path}").SetFd(d.FdNum, type, TypeChar(type), d.Path, d.Path);
            if (d.ServerIp is not null)
            {
                w.SetPeer();
            }
        }

        if (d.Text is { } text)
        {
            w.Text("name", text);
        }

        if (d.Flags.Length > 0)
        {
            w.Flags("flags", d.Flags);
        }

        w.Number("size", 4096);
    }

    /// <summary>Falco's letter for a descriptor's type.</summary>
    public static string TypeChar(string type) => type switch
    {
        "file" => "f", "directory" => "d", "ipv4" => "4", "ipv6" => "6", "unix" => "u", "pipe" => "p", "event" => "e",
        "memfd" => "m", "bpf" => "b", "netlink" => "n", "inotify" => "i", "eventpoll" => "l", "timerfd" => "t", "pidfd" => "P",
        "io_uring" => "r", "signalfd" => "s", _ => "o",
    };

    private static string Address(byte[] ip, int port) => $"{new System.Net.IPAddress(ip)}:{port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Adds parameters one after the other.</summary>
    private sealed class Writer(Draft draft, SyscallEvent e)
    {
        public Draft Draft { get; } = draft;

        public SyscallEvent Event { get; } = e;

        public Writer Number(string name, long value) => Add(name, value, null, null);

        public Writer Resolved(string name, long value, string? resolved) => Add(name, value, null, resolved);

        public Writer Printed(string name, long value, string text) => Add(name, value, text, null);

        public Writer Text(string name, string? text) => Add(name, null, text, null);

        public Writer Res() => Draft.Return is { } value ? Add("res", value, null, value < 0 ? FlagNames.Error(value) : null) : this;

        public Writer Cwd(string name) => Add(name, AtFdCwd, null, "AT_FDCWD");

        public Writer Flags(string name, string text, long? value = null) => Add(name, value ?? FlagNames.Value(text), null, text.Length == 0 ? null : text);

        public Writer Mode() => Add("mode", FlagNames.Value(Draft.Flags), "0755", Draft.Flags);

        // An absolute path has no joined form, not even where it steps upwards.
        public Writer Path(string name, string? path, string? raw = null) =>
            raw is null || raw.StartsWith('/') ? Add(name, null, raw ?? path ?? "<NA>", null) : Add(name, null, raw, path);

        // Calls of the at kind publish their directory as the event's descriptor.
        public Writer Directory(string name)
        {
            Cwd(name);
            SetFd(AtFdCwd, null, "o", "", "");
            return this;
        }

        public Writer File(string name, long number)
        {
            var type = Draft.FdType ?? "file";
            Add(name, number, null, $"<{TypeChar(type)}>{Draft.Path}");
            SetFd(number, type, TypeChar(type), Draft.Path, Draft.Path);
            return this;
        }

        public Writer Descriptor(string type, string letter)
        {
            Event.Return = Draft.Return == 0 ? Draft.FdNum : Draft.Return;
            Add("fd", Event.Return ?? -1, null, Draft.Failed ? FlagNames.Error(Draft.Return ?? -1) : $"<{letter}>");
            return Made(type, letter);
        }

        public Writer Made(string type, string letter)
        {
            Event.Return = Draft.Return == 0 ? Draft.FdNum : Draft.Return;
            SetFd(Draft.Failed ? -1 : Draft.FdNum, Draft.Failed ? null : type, Draft.Failed ? "o" : letter, "", "");
            return this;
        }

        public Writer Copied()
        {
            var type = Draft.FdType ?? "file";
            var display = Draft.ServerIp is not null ? $"<{TypeChar(type)}t>{Address(Draft.ClientIp, Draft.ClientPort)}->{Address(Draft.ServerIp, Draft.ServerPort)}" : $"<{TypeChar(type)}>{Draft.Path}";
            var result = Draft.Return == 0 ? Draft.FdNum : Draft.Return;
            Event.Return = result;
            Add("res", result, null, Draft.Failed ? FlagNames.Error(result ?? -1) : display);
            Add("oldfd", 7, null, display);
            SetFd(Draft.Failed ? 7 : Draft.FdNum, type, TypeChar(type), display[(display.IndexOf('>', StringComparison.Ordinal) + 1)..], "");
            if (Draft.ServerIp is not null)
            {
                SetPeer();
            }

            return this;
        }

        public void SetFd(long number, string? type, string letter, string? name, string? raw)
        {
            Event.HasFd = true;
            Event.Fd.Num = number;
            Event.Fd.Type = Utf8.From(type);
            Event.Fd.TypeChar = Utf8.From(letter);
            Event.Fd.Name = Utf8.From(name ?? "");
            Event.Fd.NameRaw = Utf8.From(raw ?? "");
        }

        public void SetPeer()
        {
            var fd = Event.Fd;
            fd.Role = SocketRole.Client;
            fd.ClientIp = Utf8.Copy(Draft.ClientIp);
            fd.ClientPort = Draft.ClientPort;
            fd.ServerIp = Utf8.Copy(Draft.ServerIp);
            fd.ServerPort = Draft.ServerPort;
            fd.ClientIsLocal = true;
            fd.L4Proto = Utf8.From(Draft.Protocol);
        }

        private Writer Add(string name, long? value, string? text, string? resolved)
        {
            Event.Params.Add(new Param(Utf8.From(name), value, Utf8.From(text), Utf8.From(resolved)));
            return this;
        }
    }
}
