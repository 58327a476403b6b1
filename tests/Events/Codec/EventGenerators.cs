using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Events.Tests;

/// <summary>Random events: nulls, empty and long texts, text in many scripts, invalid UTF-8, extreme numbers.</summary>
internal static class EventGenerators
{
    private static readonly string[] Samples =
        ["", "openat", "/etc/shadow", "/tmp/Zażółć gęślą jaźń", "日本語/ファイル", "👩‍💻", "a\0b", "\u202eevil", "line\nbreak", new string('x', 300)];

    private static readonly byte[][] InvalidSamples =
        [[0xff], [0xc3], [0xe2, 0x82], [.. "/tmp/"u8, 0xfe, 0xff, .. "x"u8], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf]];

    public static Gen<Utf8> ValidText { get; } = Gen.Elements(Samples).Select(Utf8.From);

    public static Gen<Utf8> AnyText { get; } = Gen.Frequency(
        (8, ValidText),
        (1, Gen.Elements(InvalidSamples).Select(b => Utf8.Copy(b))),
        (1, Gen.Elements(Enumerable.Range(0, 256).Select(b => (byte)b).ToArray()).ArrayOf().Select(b => Utf8.Copy(b))));

    public static Gen<long> Number { get; } = Gen.Frequency(
        (3, Gen.Choose(-3, 300).Select(n => (long)n)),
        (1, Gen.Elements(0L, -1, 63, 64, -64, -65, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1_795_000_000_000_000_000)),
        (1, from bits in Gen.Choose(0, 63) from low in Gen.Choose(0, int.MaxValue) select (long)((ulong)low << bits)));

    private static Gen<int> Int { get; } = Gen.OneOf(Gen.Choose(-5, 70000), Gen.Elements(int.MinValue, int.MaxValue));

    private static Gen<bool> Bool { get; } = Gen.Elements(true, false);

    public static Gen<SyscallEvent> Events(Gen<Utf8> text) =>
        from head in Heads(text)
        from parameters in Params(text).ListOf()
        from fd in Gen.OneOf(Gen.Constant<Fd?>(null), Fds(text).Select(f => (Fd?)f))
        from env in Gen.OneOf(Gen.Constant<IList<Utf8>?>(null), text.ListOf().Select(l => (IList<Utf8>?)l.ToList()))
        from process in Gen.OneOf(Gen.Constant<ProcessInfo?>(null), Processes(text).Select(p => (ProcessInfo?)p))
        select Assemble(head, parameters, fd, env, process);

    public static Gen<ProcessInfo> Processes(Gen<Utf8> text) =>
        from n in Number.ArrayOf(17)
        from t in text.ArrayOf(10)
        from args in text.ListOf()
        from ancestors in Ancestors(text).ListOf()
        from flags in Int
        from container in Gen.OneOf(Gen.Constant<ContainerInfo?>(null), Containers(text).Select(c => (ContainerInfo?)c))
        select new ProcessInfo
        {
            Pid = n[0], VirtualPid = n[1], ParentPid = n[2], SessionId = n[3], VirtualProcessGroupId = n[4], Tty = n[5],
            Name = t[0], Exe = t[1], ExePath = t[2], Args = [.. args], Cwd = t[3],
            UserId = n[6], UserName = t[4], LoginUserId = n[7], LoginName = t[5], GroupId = n[8], GroupName = t[6],
            CapPermitted = (ulong)n[9], CapEffective = (ulong)n[10], CapInheritable = (ulong)n[11], ExeFlags = (ExeFlags)flags,
            ExeIno = n[12], ExeCtimeNs = n[13], ExeMtimeNs = n[14], StartTimeNs = n[15], PidnsStartNs = n[16],
            SessionName = t[7], SessionExe = t[8], SessionExePath = t[9], Ancestors = [.. ancestors],
            ContainerId = Utf8.From("host"), Container = container,
        };

    private static Gen<SyscallEvent> Heads(Gen<Utf8> text) =>
        from n in Number.ArrayOf(5)
        from type in text
        from node in text
        from cpu in Int
        from number in Int
        from abi in Gen.Elements(Enum.GetValues<Abi>())
        from ret in Maybe(Number)
        from data in Gen.OneOf(Gen.Constant(default(Utf8)), text)
        select new SyscallEvent
        {
            Type = type, Seq = n[0], TimeNs = n[1], KtimeNs = n[2], Node = node, Run = n[3], Cpu = cpu, Number = number,
            Abi = abi, ThreadId = n[4], Return = ret, Data = data,
        };

    private static Gen<Param> Params(Gen<Utf8> text) =>
        from name in text
        from value in Maybe(Number)
        from raw in Gen.OneOf(Gen.Constant(default(Utf8)), text)
        from resolved in Gen.OneOf(Gen.Constant(default(Utf8)), text)
        select new Param(name, value, raw, resolved);

    private static Gen<Fd> Fds(Gen<Utf8> text) =>
        from num in Number
        from t in Gen.OneOf(Gen.Constant(default(Utf8)), text).ArrayOf(8)
        from role in Gen.Elements(Enum.GetValues<SocketRole>())
        from ports in Maybe(Int).ArrayOf(2)
        from local in Maybe(Bool)
        from flags in Bool.ArrayOf(2)
        select new Fd
        {
            Num = num, Type = t[0], TypeChar = t[1], Name = t[2], NameRaw = t[3], L4Proto = t[4], Family = t[5], Role = role,
            ClientIp = t[6], ClientPort = ports[0], ServerIp = t[7], ServerPort = ports[1], ClientIsLocal = local,
            Connected = flags[0], NameChanged = flags[1],
        };

    private static Gen<Ancestor> Ancestors(Gen<Utf8> text) =>
        from pid in Number
        from t in text.ArrayOf(4)
        select new Ancestor(pid, t[0], t[1], t[2], t[3]);

    private static Gen<ContainerInfo> Containers(Gen<Utf8> text) =>
        from t in text.ArrayOf(6)
        from privileged in Maybe(Bool)
        from start in Number
        from mounts in Mounts(text).ListOf()
        from names in Gen.Elements(Samples).ArrayOf()
        select new ContainerInfo
        {
            Name = t[0], ImageRepository = t[1], ImageTag = t[2], ImageDigest = t[3], ImageId = t[4], Runtime = t[5],
            Privileged = privileged, StartTimeNs = start, Mounts = [.. mounts],
            Labels = names.Distinct().ToDictionary(name => name, name => name + "!"),
        };

    private static Gen<Mount> Mounts(Gen<Utf8> text) =>
        from t in text.ArrayOf(4)
        from writable in Bool
        select new Mount(t[0], t[1], t[2], writable, t[3]);

    private static Gen<T?> Maybe<T>(Gen<T> values)
        where T : struct =>
        Gen.OneOf(Gen.Constant<T?>(null), values.Select(v => (T?)v));

    private static SyscallEvent Assemble(SyscallEvent e, IEnumerable<Param> parameters, Fd? fd, IEnumerable<Utf8>? env, ProcessInfo? process)
    {
        e.Params.AddRange(parameters);
        if (fd is not null)
        {
            e.HasFd = true;
            EventCopies.Copy(fd, e.Fd);
        }

        e.HasEnv = env is not null;
        e.Env.AddRange(env ?? []);
        e.Process = process;
        return e;
    }
}
