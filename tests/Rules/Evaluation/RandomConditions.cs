using System.Globalization;
using Syscribe.Events;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Tests.Evaluation;

/// <summary>Random conditions and events over one small vocabulary, so that they often meet.</summary>
internal sealed class RandomConditions(int seed)
{
    private static readonly string[] Texts = ["", "a", "bash", "sh", "cat", "/etc/shadow", "/etc", "/usr/bin/bash", "/tmp/x y", "B\u00e4r", "<NA>", "file", "ipv4", "a=b", "-c id", "CAP_SYS_ADMIN", "YmFzaA=="];
    private static readonly string[] Patterns = ["*", "/etc/*", "?ash", "b*h", "*/bin/*", "[bc]a*", "/etc/sh", "\\*", "[!a]*", "/*/bin"];
    private static readonly string[] Expressions = ["b.*", "[[:alpha:]]+", "(bash|sh|cat)", "/etc/[a-z]*", ".", "a?b+", "[^/]*"];
    private static readonly string[] TextFields = ["proc.name", "proc.exe", "proc.exepath", "proc.args", "proc.args[1]", "proc.cmdline", "proc.pname", "proc.aname[2]", "proc.aname", "proc.acmdline", "proc.env[A]", "fd.name", "fd.directory", "fd.filename", "fd.type", "fd.typechar", "evt.arg.name", "evt.arg[0]", "evt.args", "user.name", "container.id", "container.name", "thread.cap_permitted", "evt.res", "fs.path.name"];
    private static readonly string[] NumberFields = ["evt.num", "fd.num", "proc.pid", "proc.vpid", "proc.tty", "user.uid", "user.loginuid", "evt.rawres", "proc.duration", "proc.apid[1]", "proc.apid", "fd.sport", "fd.lport"];
    private static readonly string[] BoolFields = ["evt.is_open_read", "evt.is_open_write", "evt.is_open_exec", "fd.connected", "proc.is_vpgid_leader", "container.privileged"];
    private static readonly string[] Numbers = ["0", "1", "3", "22", "-1", "80", "1000", "4294967295"];
    private static readonly string[] Ips = ["127.0.0.1", "10.1.2.3", "0.0.0.0", "::1", "8.8.8.8", "fd00::5"];
    private static readonly string[] Nets = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "10.1.2.3/32", "::1"];
    private static readonly string[] Types = ["open", "openat", "execve", "connect", "read", "setuid"];

    private readonly Random _random = new(seed);

    public string Condition(int depth)
    {
        switch (depth == 0 ? 9 : _random.Next(8))
        {
            case 0 or 1:
                return $"({Condition(depth - 1)} and {Condition(depth - 1)})";
            case 2 or 3:
                return $"({Condition(depth - 1)} or {Condition(depth - 1)} or {Condition(depth - 1)})";
            case 4:
                return $"not ({Condition(depth - 1)})";
            default:
                return Check();
        }
    }

    public SyscallEvent Event()
    {
        var e = new SyscallEvent
        {
            Type = Utf8.From(Pick([.. Types, "mmap"])),
            Seq = _random.Next(1, 5),
            TimeNs = 10_000,
            Return = Maybe() ? _random.Next(-3, 30) : null,
            Process = _random.Next(8) > 0 ? Process() : null,
            HasFd = Maybe(),
            HasEnv = Maybe(),
            Data = Maybe() ? Text() : default,
        };
        e.Env.Add(Utf8.From("A=" + Pick(Texts)));
        for (var i = _random.Next(4); i > 0; i--)
        {
            e.Params.Add(new Param(Utf8.From(Pick(["name", "path", "flags", "mode", "fd"])), Maybe() ? _random.Next(0, 8) : null, Maybe() ? Text() : default, Maybe() ? Text() : default));
        }

        FillFd(e);
        return e;
    }

    private void FillFd(SyscallEvent e)
    {
        e.Fd.Num = _random.Next(-1, 5);
        e.Fd.Type = Maybe() ? Utf8.From(Pick(["file", "directory", "ipv4", "ipv6", "unix"])) : default;
        e.Fd.TypeChar = Utf8.From(Pick(["f", "4", "o"]));
        e.Fd.Name = Maybe() ? Text() : default;
        e.Fd.ClientIp = Address();
        e.Fd.ServerIp = Address();
        e.Fd.ClientPort = Maybe() ? 80 : null;
        e.Fd.ServerPort = Maybe() ? 22 : null;
        e.Fd.ClientIsLocal = Maybe() ? Maybe() : null;
        e.Fd.Connected = Maybe();
    }

    private ProcessInfo Process() => new()
    {
        Pid = _random.Next(1, 30),
        VirtualPid = _random.Next(-1, 3),
        VirtualProcessGroupId = _random.Next(-1, 3),
        Tty = _random.Next(2),
        Name = Text(),
        Exe = Text(),
        ExePath = Text(),
        Args = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Text())],
        UserId = Maybe() ? 0 : 4294967295,
        LoginUserId = -1,
        UserName = Text(),
        CapPermitted = Maybe() ? 1UL << 21 : 0,
        StartTimeNs = _random.Next(0, 3) * 4000,
        ContainerId = Maybe() ? Utf8.From("host") : Utf8.From("0123456789ab"),
        Container = Maybe() ? new ContainerInfo { Name = Text(), Privileged = Maybe() ? true : null } : null,
        Ancestors = [.. Enumerable.Range(0, _random.Next(4)).Select(i => new Ancestor(i, Text(), Text(), Text(), Text()))],
    };

    private string Check() => _random.Next(12) switch
    {
        0 => $"evt.type in ({Pick(Types)}, {Pick(Types)})",
        1 => $"evt.type {Pick(["=", "!="])} {Pick(Types)}",
        2 => $"{Pick(NumberFields)} {Pick(["=", "!=", "<", "<=", ">", ">="])} {Pick(Numbers[..4])}",
        3 => $"{Pick(NumberFields[..7])} {Pick(["in", "intersects"])} ({Pick(Numbers)}, {Pick(Numbers)})",
        4 => $"{Pick(BoolFields)} {Pick(["=", "!="])} {Pick(["true", "false"])}",
        5 => $"{Pick([.. TextFields, .. NumberFields, .. BoolFields, "fd.ip", "fd.port", "fd.net", "fd.sip", "fd.types"])} exists",
        6 => $"{Pick(["fd.ip", "fd.sip", "fd.cip", "fd.lip"])} {Pick(["=", "!="])} {Pick(Ips)}",
        7 => $"{Pick(["fd.net", "fd.snet", "fd.cnet", "fd.rnet"])} {Pick(["in", "intersects"])} ({Pick(Nets)}, {Pick(Nets)})".Replace("fd.net intersects", "fd.net in", StringComparison.Ordinal),
        8 => $"fd.port {Pick(["=", "!=", "in"])} ".Replace("in ", "in (22, http) and fd.num != ", StringComparison.Ordinal) + Pick(["22", "80"]),
        9 => Transformed(),
        _ => TextCheck(Pick(TextFields)),
    };

    private string TextCheck(string field) => _random.Next(8) switch
    {
        0 => $"{field} {Pick(["glob", "iglob"])} {Quoted(Pick(Patterns))}",
        1 => $"{field} regex {Quoted(Pick(Expressions))}",
        2 => $"{field} pmatch ({Quoted(Pick(Patterns))}, {Quoted(Pick(Texts))})",
        3 => $"{field} {Pick(["contains", "startswith", "endswith", "=", "!=", "icontains"])} {Pick(["oneof", "anyof", "allof"])} ({List()})",
        4 => $"{field} {Pick(["<", ">=", ">"])} {Pick(Numbers)}",
        _ => Maybe()
            ? $"{field} {Pick(["contains", "icontains", "startswith", "endswith"])} {Quoted(Pick(Texts))}"
            : Maybe() ? $"{field} {Pick(["=", "!="])} {Quoted(Pick(Texts))}" : $"{field} {Pick(["in", "intersects"])} ({List()})",
    };

    private string Transformed() => _random.Next(8) switch
    {
        0 => $"{Pick(["tolower", "toupper", "basename", "b64"])}({Pick(TextFields[..5])}) {Pick(["=", "!=", "contains"])} {Quoted(Pick(Texts))}",
        1 => $"proc.name {Pick(["=", "!=", "contains", "startswith", "glob", "<="])} val(proc.pname)".Replace("<= val", "<= val", StringComparison.Ordinal),
        2 => $"concat(proc.name, \":\", fd.num) {Pick(["=", "startswith"])} {Quoted(Pick(Texts))}",
        3 => $"len({Pick(["proc.args", "proc.name"])}) {Pick(["=", ">", "<"])} {Pick(Numbers[..4])}",
        4 => $"proc.pid {Pick(["=", "<", ">="])} val(proc.vpid)",
        5 => $"join(\",\", proc.aname) contains {Quoted(Pick(Texts))}",
        6 => "getopt(proc.args, \"c:x\") intersects (c, x)",
        _ => $"basename(proc.exepath) = val(proc.name)",
    };

    private string List() => string.Join(", ", Enumerable.Range(0, _random.Next(4)).Select(_ => Quoted(Pick(Texts))));

    private static string Quoted(string text) => Maybe(text) ? text : ConditionPrinter.Print(new TextOperand(Utf8.From(text), 0));

    private static bool Maybe(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);

    private Utf8 Text() => Utf8.From(Pick(Texts));

    private Utf8 Address() => Maybe() ? Utf8.Copy(System.Net.IPAddress.Parse(Pick(Ips)).GetAddressBytes()) : default;

    private bool Maybe() => _random.Next(2) == 0;

    private string Pick(string[] of) => of[_random.Next(of.Length)].ToString(CultureInfo.InvariantCulture);
}
