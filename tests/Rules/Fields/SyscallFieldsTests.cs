using System.Net;
using Syscribe.Events;
using Syscribe.Rules.Fields;
using static Syscribe.Rules.Tests.Conditions;

namespace Syscribe.Rules.Tests.Fields;

public sealed class SyscallFieldsTests
{
    private static readonly SyscallEvent Rich = MakeRich();

    [Theory]
    [InlineData("evt.num", "7")]
    [InlineData("evt.type", "connect")]
    [InlineData("syscall.type", "connect")]
    [InlineData("evt.category", "net")]
    [InlineData("evt.source", "syscall")]
    [InlineData("evt.dir", "<")]
    [InlineData("evt.hostname", "node-a")]
    [InlineData("evt.cpu", "3")]
    [InlineData("evt.res", "EINPROGRESS")]
    [InlineData("evt.rawres", "-115")]
    [InlineData("evt.failed", "true")]
    [InlineData("evt.arg.fd", "<4t>10.0.0.1:1000->1.2.3.4:443")]
    [InlineData("evt.rawarg.fd", "5")]
    [InlineData("evt.arg[1]", "<4t>10.0.0.1:1000->1.2.3.4:443")]
    [InlineData("evt.args", "res=-115(EINPROGRESS) fd=5(<4t>10.0.0.1:1000->1.2.3.4:443)")]
    [InlineData("evt.is_open_read", "false")]
    [InlineData("fd.num", "5")]
    [InlineData("fd.type", "ipv4")]
    [InlineData("fd.typechar", "4")]
    [InlineData("fd.name", "10.0.0.1:1000->1.2.3.4:443")]
    [InlineData("fd.directory", "<NA>")]
    [InlineData("fd.filename", "<NA>")]
    [InlineData("fd.l4proto", "tcp")]
    [InlineData("fd.sockfamily", "ip")]
    [InlineData("fd.cip", "10.0.0.1")]
    [InlineData("fd.sip", "1.2.3.4")]
    [InlineData("fd.cport", "1000")]
    [InlineData("fd.sport", "443")]
    [InlineData("fd.lip", "10.0.0.1")]
    [InlineData("fd.rip", "1.2.3.4")]
    [InlineData("fd.lport", "1000")]
    [InlineData("fd.rport", "443")]
    [InlineData("fd.is_server", "false")]
    [InlineData("fd.connected", "true")]
    [InlineData("fd.name_changed", "true")]
    [InlineData("fd.types", "(ipv4)")]
    [InlineData("fd.types[5]", "ipv4")]
    [InlineData("fd.types[0]", "<NA>")]
    [InlineData("fd.containername", "0123456789ab:10.0.0.1:1000->1.2.3.4:443")]
    [InlineData("proc.name", "curl")]
    [InlineData("proc.exe", "./curl")]
    [InlineData("proc.exepath", "/usr/bin/curl")]
    [InlineData("proc.args", "-s http://x")]
    [InlineData("proc.args[0]", "-s")]
    [InlineData("proc.cmdline", "curl -s http://x")]
    [InlineData("proc.exeline", "./curl -s http://x")]
    [InlineData("proc.cmdnargs", "2")]
    [InlineData("proc.cmdlenargs", "10")]
    [InlineData("proc.cwd", "/root/")]
    [InlineData("proc.pid", "100")]
    [InlineData("proc.ppid", "90")]
    [InlineData("proc.vpid", "12")]
    [InlineData("proc.sid", "1")]
    [InlineData("proc.vpgid", "12")]
    [InlineData("proc.tty", "34816")]
    [InlineData("proc.duration", "1000")]
    [InlineData("proc.pname", "bash")]
    [InlineData("proc.pexe", "-bash")]
    [InlineData("proc.pexepath", "/bin/bash")]
    [InlineData("proc.pcmdline", "bash -l")]
    [InlineData("proc.aname", "bash sshd")]
    [InlineData("proc.aname[0]", "curl")]
    [InlineData("proc.aname[2]", "sshd")]
    [InlineData("proc.aname[3]", "<NA>")]
    [InlineData("proc.aexe[2]", "sshd:")]
    [InlineData("proc.aexepath[2]", "/usr/sbin/sshd")]
    [InlineData("proc.acmdline[1]", "bash -l")]
    [InlineData("proc.apid[1]", "90")]
    [InlineData("proc.apid", "90 80")]
    [InlineData("proc.sname", "bash")]
    [InlineData("proc.sid.exe", "-bash")]
    [InlineData("proc.sid.exepath", "/bin/bash")]
    [InlineData("proc.loginshellid", "90")]
    [InlineData("proc.is_vpgid_leader", "true")]
    [InlineData("proc.is_sid_leader", "false")]
    [InlineData("proc.is_exe_writable", "true")]
    [InlineData("proc.is_exe_upper_layer", "true")]
    [InlineData("proc.is_exe_lower_layer", "false")]
    [InlineData("proc.is_exe_from_memfd", "false")]
    [InlineData("proc.exe_ino", "77")]
    [InlineData("proc.exe_ino.ctime", "1699999999000000000")]
    [InlineData("proc.exe_ino.mtime", "<NA>")]
    [InlineData("proc.exe_ino.ctime_duration_proc_start", "1123455789")]
    [InlineData("thread.tid", "101")]
    [InlineData("thread.ismain", "false")]
    [InlineData("thread.cap_permitted", "CAP_CHOWN CAP_NET_RAW")]
    [InlineData("thread.cap_effective", "")]
    [InlineData("user.uid", "0")]
    [InlineData("user.name", "root")]
    [InlineData("user.loginuid", "-1")]
    [InlineData("user.loginname", "<NA>")]
    [InlineData("group.gid", "6")]
    [InlineData("group.name", "disk")]
    [InlineData("container.id", "0123456789ab")]
    [InlineData("container.name", "web")]
    [InlineData("container.type", "docker")]
    [InlineData("container.image", "nginx:1.25")]
    [InlineData("container.image.repository", "nginx")]
    [InlineData("container.image.tag", "1.25")]
    [InlineData("container.image.digest", "sha256:1")]
    [InlineData("container.image.id", "ab")]
    [InlineData("container.privileged", "true")]
    [InlineData("container.mounts", "/proc:/host/proc:ro:false:rprivate,/etc:/e::true:rshared")]
    [InlineData("container.mount[1]", "/etc:/e::true:rshared")]
    [InlineData("container.mount.dest[/et]", "/e")]
    [InlineData("container.mount.dest[/]", "/host/proc")]
    [InlineData("container.mount.dest[0]", "/host/proc")]
    [InlineData("container.mount.dest[9]", "<NA>")]
    [InlineData("container.mount.source[/e$]", "/etc")]
    [InlineData("container.mount.mode[/proc]", "ro")]
    [InlineData("container.mount.rdwr[/etc]", "true")]
    [InlineData("container.mount.propagation[/etc]", "rshared")]
    [InlineData("container.label[a]", "1")]
    [InlineData("container.label[b]", "<NA>")]
    [InlineData("container.labels", "a:1, io.kubernetes.pod.name:web-0, io.kubernetes.pod.namespace:shop")]
    [InlineData("container.start_ts", "1700000000123456289")]
    [InlineData("container.duration", "500")]
    [InlineData("k8s.pod.name", "web-0")]
    [InlineData("k8s.ns.name", "shop")]
    [InlineData("k8s.pod.uid", "<NA>")]
    public void Every_field_reads_its_part_of_an_event(string field, string expected) =>
        Assert.Equal(expected, OutputTemplate.Parse("%" + field).Render(Rich).Message);

    [Theory]
    [InlineData("/etc/shadow", "/etc", "shadow")]
    [InlineData("/x", "/", "x")]
    [InlineData("x", "/", "/")]
    [InlineData("/etc/", "/etc/", "/etc/")]
    [InlineData("/", "/", "/")]
    public void Directory_and_file_name(string name, string directory, string fileName)
    {
        var e = Event("read");
        e.HasFd = true;
        e.Fd.Type = Utf8.From("file");
        e.Fd.Name = Utf8.From(name);
        Assert.Equal($"{directory}|{fileName}", OutputTemplate.Parse("%fd.directory|%fd.filename").Render(e).Message);
    }

    [Theory]
    [InlineData("openat", 1, 0, 3, "true false false false")]
    [InlineData("openat", 3, 0, 3, "true true false false")]
    [InlineData("open", 6, 493, 3, "false true true false")]
    [InlineData("openat2", 16390, 420, 3, "false true false true")]
    [InlineData("openat", 9217, 0, 3, "true false false true")]
    [InlineData("openat", 9217, 0, -2, "true false false false")]
    [InlineData("creat", 0, 493, 3, "false false true false")]
    [InlineData("unlink", 3, 511, 0, "false false false false")]
    public void Open_flags(string type, long flags, long mode, long result, string expected) => Assert.Equal(
        expected, OutputTemplate.Parse("%evt.is_open_read %evt.is_open_write %evt.is_open_exec %evt.is_open_create").Render(Event(type, result, null, Param("flags", flags), Param("mode", mode))).Message);

    [Fact]
    public void Path_fields_follow_the_call()
    {
        const string Format = "%fs.path.name %fs.path.nameraw %fs.path.source %fs.path.target";
        Assert.Equal("/a/x x <NA> <NA>", OutputTemplate.Parse(Format).Render(Event("mkdirat", 0, null, Param("path", null, "x", "/a/x"))).Message);
        Assert.Equal("<NA> <NA> /a /b", OutputTemplate.Parse(Format).Render(Event("renameat2", 0, null, Param("oldpath", null, "/a"), Param("newpath", null, "/b"))).Message);
        Assert.Equal("<NA> <NA> /l /t", OutputTemplate.Parse(Format).Render(Event("symlink", 0, null, Param("target", null, "/t"), Param("linkpath", null, "/l"))).Message);
        Assert.Equal("<NA> <NA> <NA> <NA>", OutputTemplate.Parse(Format).Render(Event("mkdir", -17, null, Param("path", null, "/a"))).Message);
        Assert.Equal("/a /a <NA> <NA>", OutputTemplate.Parse(Format).Render(Event("open", -2, null, Param("name", null, "/a"))).Message);
    }

    [Fact]
    public void On_the_host_and_without_metadata()
    {
        const string Format = "%container.name|%container.image.repository|%container.privileged|%container.mounts|%k8s.pod.name";
        Assert.Equal("host||false||<NA>", OutputTemplate.Parse(Format).Render(Event("read")).Message);
        Assert.Equal("<NA>|<NA>|<NA>|<NA>|<NA>", OutputTemplate.Parse(Format).Render(Event("read", 0, Process() with { ContainerId = Utf8.From("0123456789ab") })).Message);
    }

    [Fact]
    public void An_event_without_a_process_has_no_process_fields()
    {
        var fields = new SyscallFields();
        fields.Reset(new SyscallEvent { Type = Utf8.From("read") });
        foreach (var field in FieldTable.All.Where(field => field.Name.StartsWith("proc.", StringComparison.Ordinal) || field.Name.StartsWith("user.", StringComparison.Ordinal)))
        {
            FieldTable.TryResolve(field.Name, field.Argument == ArgumentRule.Required ? "0" : null, out var reference, out _);
            Assert.False(fields.TryGetText(reference!, out _) || fields.TryGetNumber(reference!, out _), field.Name);
        }
    }

    [Fact]
    public void Domain_names_come_from_the_resolver()
    {
        var resolver = new OneName();
        Assert.True(Holds("fd.sip.name = other.example and fd.rip.name in (x, other.example) and fd.sip.name != nope.example", Rich, resolver));
        Assert.True(Holds("fd.sip.name = first.example and fd.sip.name exists and fd.sip.name contains first", Rich, resolver));
        Assert.False(Holds("fd.cip.name = other.example or fd.cip.name exists", Rich, resolver));
        Assert.False(Holds("fd.sip.name = other.example", Rich));
    }

    private static SyscallEvent MakeRich()
    {
        var e = Event("connect", -115, MakeProcess(), Param("res", -115, null, "EINPROGRESS"), Param("fd", 5, null, "<4t>10.0.0.1:1000->1.2.3.4:443"));
        e.Seq = 7;
        e.Node = Utf8.From("node-a");
        e.Cpu = 3;
        e.ThreadId = 101;
        e.HasFd = true;
        e.Fd.Num = 5;
        e.Fd.Type = Utf8.From("ipv4");
        e.Fd.TypeChar = Utf8.From("4");
        e.Fd.Name = Utf8.From("10.0.0.1:1000->1.2.3.4:443");
        e.Fd.L4Proto = Utf8.From("tcp");
        e.Fd.Role = SocketRole.Client;
        e.Fd.ClientIp = Utf8.Copy(IPAddress.Parse("10.0.0.1").GetAddressBytes());
        e.Fd.ServerIp = Utf8.Copy(IPAddress.Parse("1.2.3.4").GetAddressBytes());
        e.Fd.ClientPort = 1000;
        e.Fd.ServerPort = 443;
        e.Fd.ClientIsLocal = e.Fd.Connected = e.Fd.NameChanged = true;
        return e;
    }

    private static ProcessInfo MakeProcess() => new()
    {
        Pid = 100,
        VirtualPid = 12,
        ParentPid = 90,
        SessionId = 1,
        VirtualProcessGroupId = 12,
        Tty = 34816,
        Name = Utf8.From("curl"),
        Exe = Utf8.From("./curl"),
        ExePath = Utf8.From("/usr/bin/curl"),
        Args = [Utf8.From("-s"), Utf8.From("http://x")],
        Cwd = Utf8.From("/root/"),
        UserName = Utf8.From("root"),
        LoginName = Utf8.From("<NA>"),
        GroupId = 6,
        GroupName = Utf8.From("disk"),
        CapPermitted = 1 | 1 << 13,
        ExeFlags = ExeFlags.Writable | ExeFlags.UpperLayer,
        ExeIno = 77,
        ExeCtimeNs = 1_699_999_999_000_000_000,
        StartTimeNs = 1_700_000_000_123_455_789,
        SessionName = Utf8.From("bash"),
        SessionExe = Utf8.From("-bash"),
        SessionExePath = Utf8.From("/bin/bash"),
        Ancestors =
        [
            new Ancestor(90, Utf8.From("bash"), Utf8.From("-bash"), Utf8.From("/bin/bash"), Utf8.From("bash -l")),
            new Ancestor(80, Utf8.From("sshd"), Utf8.From("sshd:"), Utf8.From("/usr/sbin/sshd"), Utf8.From("sshd -D")),
        ],
        ContainerId = Utf8.From("0123456789ab"),
        Container = new ContainerInfo
        {
            Name = Utf8.From("web"),
            Runtime = Utf8.From("docker"),
            ImageRepository = Utf8.From("nginx"),
            ImageTag = Utf8.From("1.25"),
            ImageDigest = Utf8.From("sha256:1"),
            ImageId = Utf8.From("ab"),
            Privileged = true,
            StartTimeNs = 1_700_000_000_123_456_289,
            Mounts =
            [
                new Mount(Utf8.From("/proc"), Utf8.From("/host/proc"), Utf8.From("ro"), false, Utf8.From("rprivate")),
                new Mount(Utf8.From("/etc"), Utf8.From("/e"), Utf8.From(""), true, Utf8.From("rshared")),
            ],
            Labels = new Dictionary<string, string> { ["a"] = "1", ["io.kubernetes.pod.namespace"] = "shop", ["io.kubernetes.pod.name"] = "web-0" },
        },
    };

    private sealed class OneName : IDomainResolver
    {
        public bool TryGetName(Utf8 address, out Utf8 name)
        {
            name = address.Span[0] == 1 ? Utf8.From("first.example") : default;
            return !name.IsNull;
        }

        public bool Resolves(Utf8 domain, Utf8 address) => address.Span[0] == 1 && domain.ToString() == "other.example";
    }
}
