using Avro;
using Avro.Generic;
using Syscribe.Events;

namespace Syscribe.Testing;

/// <summary>Records as live ones look, for tests and measurements.</summary>
public static class Samples
{
    /// <summary>cat opens /etc/shadow on the host, three ancestors up to init: an ordinary event of about 600 bytes.</summary>
    /// <param name="seq">Event counter.</param>
    /// <param name="process">Acting process; null for <see cref="Process"/>.</param>
    public static SyscallEvent Open(long seq = 42, ProcessInfo? process = null)
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From("openat"), Seq = seq, TimeNs = 1_795_000_000_123_456_789 + seq, KtimeNs = 86_400_000_000_000 + seq, Node = Utf8.From("node-1"),
            Run = 0x1234_5678_9abc_def0, Cpu = 1, Number = 257, Abi = Abi.Native, ThreadId = 4711, Return = 3, HasFd = true, Process = process ?? Process(4711),
        };
        e.Params.AddRange(
        [
            new Param(Utf8.From("fd"), 3, default, Utf8.From("<f>/etc/shadow")),
            new Param(Utf8.From("dirfd"), -100, default, Utf8.From("AT_FDCWD")),
            new Param(Utf8.From("name"), null, Utf8.From("/etc/shadow"), default),
            new Param(Utf8.From("flags"), 4097, default, Utf8.From("O_RDONLY|O_CLOEXEC")),
            new Param(Utf8.From("mode"), 0, default, default),
            new Param(Utf8.From("dev"), 2049, default, default),
            new Param(Utf8.From("ino"), 131_844, default, default),
        ]);
        e.Fd.Num = 3;
        e.Fd.Type = Utf8.From("file");
        e.Fd.TypeChar = Utf8.From("f");
        e.Fd.Name = e.Fd.NameRaw = Utf8.From("/etc/shadow");
        return e;
    }

    /// <summary>The process of <see cref="Open"/>.</summary>
    public static ProcessInfo Process(long pid) => new()
    {
        Pid = pid, VirtualPid = pid, ParentPid = 4000, SessionId = 4000, VirtualProcessGroupId = pid, Tty = 34816,
        Name = Utf8.From("cat"), Exe = Utf8.From("cat"), ExePath = Utf8.From("/usr/bin/cat"), Args = [Utf8.From("/etc/shadow")],
        Cwd = Utf8.From("/root/"), UserName = Utf8.From("root"), LoginName = Utf8.From("<NA>"), GroupName = Utf8.From("root"),
        CapPermitted = 0x1ff_ffff_ffff, CapEffective = 0x1ff_ffff_ffff, ExeIno = 131_072, ExeCtimeNs = 1_790_000_000_000_000_000,
        ExeMtimeNs = 1_780_000_000_000_000_000, StartTimeNs = 1_795_000_000_000_000_000, SessionName = Utf8.From("bash"),
        SessionExe = Utf8.From("-bash"), SessionExePath = Utf8.From("/usr/bin/bash"), ContainerId = Utf8.From("host"),
        Ancestors =
        [
            new Ancestor(4000, Utf8.From("bash"), Utf8.From("-bash"), Utf8.From("/usr/bin/bash"), Utf8.From("bash")),
            new Ancestor(900, Utf8.From("sshd"), Utf8.From("sshd: root@pts/0"), Utf8.From("/usr/sbin/sshd"), Utf8.From("sshd")),
            new Ancestor(1, Utf8.From("systemd"), Utf8.From("/sbin/init"), Utf8.From("/usr/lib/systemd/systemd"), Utf8.From("systemd")),
        ],
    };

    /// <summary>An alert with every kind of value in it.</summary>
    public static AlertRecord Alert() => new()
    {
        Id = "0123456789abcdef0123456789abcdef", TimeNs = 1, KtimeNs = 2, Node = "n", Run = 3, Seq = 4, EventType = "openat", Detector = Detector.Rule,
        Rule = "Read sensitive file", Priority = AlertPriority.Critical, Message = "cat read /etc/shadow é", Tags = ["a", "b"],
        OutputFields = new(StringComparer.Ordinal) { ["fd.name"] = "/etc/shadow", ["evt.count"] = 4L, ["k8s.pod"] = null, ["x"] = true, ["y"] = 1.5 },
        ContainerId = "host", Pid = 9, Digest = "d", Count = 1, Score = 0.25, InferenceMs = 3.5, PromptTokens = 12,
    };

    /// <summary>The event as Apache.Avro's generic record, as a user of Confluent's serializer would make it.</summary>
    public static GenericRecord ToRecord(SyscallEvent e)
    {
        var bytes = SyscallEventEncoder.ToArray(e);
        var schema = Schema.Parse(Schemas.SyscallEvent);
        using var stream = new MemoryStream(bytes);
        return new GenericReader<GenericRecord>(schema, schema).Read(null!, new Avro.IO.BinaryDecoder(stream));
    }
}
