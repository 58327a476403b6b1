using Syscribe.Events;
using Syscribe.Rules.Syntax;
using static Syscribe.Rules.Tests.Conditions;

namespace Syscribe.Rules.Tests;

/// <summary>The traps of Falco's rule language, one or more tests each, in the order of their list.</summary>
public sealed class TrapTests
{
    [Fact]
    public void Trap_01_lists_are_text_and_macros_are_trees()
    {
        var load = Load("- list: shells\n  items: [bash, sh]\n- macro: either\n  condition: proc.name = a or proc.name = b\n"
            + Rule("text", "proc.cmdline = \"run shells now\"")
            + Rule("quoted", "proc.cmdline = \"shells\"")
            + Rule("tree", "either and proc.pid = 1"), new RuleLoadOptions { Matching = RuleMatching.All });
        Assert.Equal(["text"], Matches(load, ("proc.cmdline", "run bash, sh now")));
        Assert.Equal(["quoted"], Matches(load, ("proc.cmdline", "shells")));
        Assert.Equal([], Matches(load, ("proc.name", "a"), ("proc.pid", 2)));
        Assert.Equal(["tree"], Matches(load, ("proc.name", "a"), ("proc.pid", 1)));
    }

    [Fact]
    public void Trap_02_nested_lists_expand_one_level_backwards_and_misspelt_ones_never_err()
    {
        var load = Load("- list: one\n  items: [a]\n- list: two\n  items: [one, b]\n- list: three\n  items: [two, late, c]\n- list: late\n  items: [d]\n"
            + Rule("r", "proc.name in (three)") + Rule("s", "proc.name in (threee)"));
        Assert.Equal(["r"], Matches(load, ("proc.name", "b")));
        Assert.Equal(["r"], Matches(load, ("proc.name", "d"))); // Substituted in the condition, not in the list.
        Assert.Equal([], Matches(load, ("proc.name", "a"))); // Two levels deep: the name itself was pasted,
        Assert.Equal(["r"], Matches(load, ("proc.name", "one"))); // after conditions were searched for it.
        Assert.Equal(["s"], Matches(load, ("proc.name", "threee")));
        Assert.Contains("Undefined macro 'later'", LoadError("- macro: first\n  condition: later\n- macro: later\n  condition: evt.num = 1\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proc.pname = x", false)]
    [InlineData("proc.pname != x", false)]
    [InlineData("proc.pname exists", false)]
    [InlineData("proc.pname in (x)", false)]
    [InlineData("not proc.pname in (x)", true)]
    [InlineData("not proc.pname != x", true)]
    [InlineData("not container.mount.dest[/proc*] in (\"<NA>\", \"N/A\")", true)]
    [InlineData("proc.pid != 5", false)]
    [InlineData("fd.sip != 1.2.3.4", false)]
    [InlineData("fd.ip != 1.2.3.4", false)]
    [InlineData("tolower(proc.pname) != x", false)]
    [InlineData("proc.pname contains \"\"", false)]
    public void Trap_03_null_is_false_for_every_operator_and_not_makes_it_true(string condition, bool expected) => Assert.Equal(expected, Holds(condition));

    [Fact]
    public void Trap_04_fields_show_the_state_after_the_call()
    {
        var e = Event("setuid", 0, Process() with { UserId = 5, UserName = Utf8.From("games") }, Param("res", 0), Param("uid", 5, null, "games"));
        Assert.True(Holds("evt.type = setuid and user.uid = 5 and user.name = games and evt.arg.uid = games", e));
    }

    [Fact]
    public void Trap_05_failed_execve_matches_and_shows_the_caller()
    {
        var e = Event("execve", -2, Process("bash"), Param("res", -2, null, "ENOENT"), Param("exe", null, "/bin/nothing"));
        Assert.True(Holds("evt.type in (execve, execveat) and proc.name = bash and evt.res = ENOENT and evt.failed = true", e));
    }

    [Fact]
    public void Trap_06_a_failed_open_is_no_file_and_a_failed_openat_is()
    {
        const string OpenFileFailed = "evt.type in (open, openat, openat2) and fd.typechar='f' and fd.num=-1 and evt.res startswith E";
        Assert.True(Holds(OpenFileFailed, WithFd(Event("openat", -2), -1, null, "f", "/x")));
        Assert.False(Holds(OpenFileFailed, WithFd(Event("open", -2), -1, null, "o", "/x")));
    }

    [Fact]
    public void Trap_07_a_directory_opened_without_its_flag_is_a_file()
    {
        const string OpenRead = "evt.is_open_read=true and fd.typechar='f' and fd.num>=0";
        Assert.True(Holds(OpenRead, WithFd(Event("openat", 3, null, Param("flags", 1, null, "O_RDONLY")), 3, "file", "f", "/etc")));
        Assert.False(Holds(OpenRead, WithFd(Event("openat", 3, null, Param("flags", 1025, null, "O_DIRECTORY|O_RDONLY")), 3, "directory", "d", "/etc")));
    }

    [Fact]
    public void Trap_08_quoted_strings_have_their_own_escapes()
    {
        Assert.True(Holds("proc.args = \"a\\ b\"", ("proc.args", "a\\b")));
        Assert.Contains("never ends", Error("proc.args = \"foo\\\\\""), StringComparison.Ordinal);
        Assert.Contains("unknown escape \\'", Error("proc.args = \"\\'\""), StringComparison.Ordinal);
        Assert.True(Holds("proc.args = \"\\xff\"", Event("read", 0, Process() with { Args = [Utf8.Copy([0xff])] })));
    }

    [Fact]
    public void Trap_09_local_and_remote_follow_whose_address_the_client_has()
    {
        var e = WithEnds(Event("connect"), "10.0.0.1", "10.0.0.2", clientIsLocal: false);
        Assert.True(Holds("fd.rip = 10.0.0.1 and fd.lip = 10.0.0.2 and fd.rport = 1000 and fd.lport = 80 and fd.rnet = 10.0.0.1/32", e));
        Assert.True(Holds("fd.lip = 10.0.0.1 and fd.lnet = 10.0.0.1/32", WithEnds(Event("connect"), "10.0.0.1", "10.0.0.2", clientIsLocal: true)));
        Assert.False(Holds("fd.lip exists or fd.rip exists", WithEnds(Event("listen"), null, "10.0.0.2", clientIsLocal: null)));
    }

    [Fact]
    public void Trap_10_a_connected_socket_is_not_the_first_send()
    {
        var e = WithEnds(Event("sendto"), "10.0.0.1", "10.0.0.2", true);
        e.Fd.Connected = true;
        Assert.False(Holds("fd.connected = false", e));
        Assert.False(Holds("fd.connected = false", Event("sendto"))); // No descriptor: missing, not false.
    }

    [Fact]
    public void Trap_11_the_path_parameter_keeps_dots_and_the_descriptor_does_not()
    {
        var e = WithFd(Event("openat", 3, null, Param("name", null, "/etc/../etc/shadow", null)), 3, "file", "f", "/etc/shadow");
        e.Fd.NameRaw = Utf8.From("/etc/../etc/shadow");
        Assert.True(Holds("evt.arg.name = /etc/../etc/shadow and fd.nameraw contains ../ and fd.name = /etc/shadow", e));
        Assert.True(Holds("fs.path.name = /etc/../etc/shadow", e));
        Assert.True(Holds("evt.arg.name = /a/x and evt.rawarg.name = x", Event("unlink", 0, null, Param("name", null, "x", "/a/x"))));
    }

    [Fact]
    public void Trap_12_the_text_NA_null_and_the_empty_text_are_three_values()
    {
        Assert.True(Holds("user.loginname = \"<NA>\" and not proc.pname = \"<NA>\" and proc.args = \"\" and proc.sname = \"\" and container.image.repository = \"\"", Event("read")));
        Assert.False(Holds("proc.pname exists or proc.aname exists", Event("read")));
        Assert.True(Holds("not container.image.repository exists and not container.privileged exists", Event("read", 0, Process() with { ContainerId = Utf8.From("0123456789ab") })));
        Assert.True(Holds("fd.l4proto = \"<NA>\"", WithFd(Event("read"), 3, "file", "f", "/x")));
    }

    [Fact]
    public void Trap_13_proc_aname_without_index_is_any_strict_ancestor()
    {
        var e = Event("read", 0, Process("self", "sshd", "systemd"));
        Assert.True(Holds("proc.aname = systemd and proc.aname in (sshd) and proc.aname != sshd and proc.aname startswith sys", e));
        Assert.False(Holds("proc.aname = self", e));
        Assert.True(Holds("proc.aname[0] = self and proc.aname[1] = sshd and proc.aname[2] = systemd and proc.apid[2] = 8 and proc.apid = 9", e));
        Assert.False(Holds("proc.aname[3] exists", e));
        Assert.Equal("sshd systemd", Rendered("%proc.aname", e).Message);
        Assert.Equal("<NA>", Rendered("%proc.aname", Event("read")).Message);
    }

    [Fact]
    public void Trap_14_in_never_globs_a_star_crosses_slashes_and_a_regex_is_whole()
    {
        Assert.False(Holds("proc.name in (in_heartbeat_r*)", ("proc.name", "in_heartbeat_r1")));
        Assert.True(Holds("fd.name glob '/a*d'", ("fd.name", "/a/b/c/d")));
        Assert.True(Holds("fd.name pmatch ('/a/*')", ("fd.name", "/a/b/c")));
        Assert.False(Holds("fd.name pmatch ('/a*d')", ("fd.name", "/a/b/d")));
        Assert.False(Holds("fd.name regex '/etc'", ("fd.name", "/etc/x")));
    }

    [Fact]
    public void Trap_15_fields_of_both_ends()
    {
        var e = WithEnds(Event("connect"), "10.0.0.1", "192.168.0.9", true);
        Assert.True(Holds("fd.ip = 10.0.0.1 and fd.ip = 192.168.0.9 and fd.ip in (192.168.0.9) and fd.port = 80 and fd.port in (1000)", e));
        Assert.False(Holds("fd.ip != 10.0.0.1 or fd.port != 80 or fd.net != 192.168.0.0/16", e));
        Assert.True(Holds("fd.ip != \"::1\" and fd.net = 10.0.0.0/8 and fd.net in (10.0.0.0/8) and not fd.ip = \"::1\"", e));
        Assert.False(Holds("fd.net in (172.16.0.0/12, 10.0.0.0/8)", e)); // Only the first of the list counts.
        Assert.True(Holds("fd.ip = 0.0.0.0 and not fd.ip != 0.0.0.0", WithEnds(Event("socket"), null, null, null)));
        Assert.True(Holds("fd.ip != 0.0.0.0 and fd.net != 127.0.0.0/8 and fd.ip exists", WithEnds(Event("listen"), null, null, null, "ipv6")));
        Assert.True(Holds("fd.ip != 0.0.0.0", WithEnds(Event("listen"), null, "10.0.0.2", null)));
        var file = WithFd(Event("read"), 3, "file", "f", "/x");
        Assert.False(Holds("fd.ip = 0.0.0.0 or fd.ip != 0.0.0.0 or fd.port != 1", file));
        Assert.True(Holds("fd.ip exists and fd.port exists and fd.net exists", file));
    }

    [Fact]
    public void Trap_16_literals()
    {
        Assert.Contains("decimal integer", Error("fd.num = 0x1"), StringComparison.Ordinal);
        Assert.Contains("decimal integer", Error("fd.num > 1.5"), StringComparison.Ordinal);
        Assert.Contains("true or false", Error("evt.is_open_read = 1"), StringComparison.Ordinal);
        Assert.True(Holds("fd.sport = https and fd.sport in (http, 443)", ("fd.sport", 443)));
        Assert.True(Holds("user.uid = -1", ("user.uid", 4294967295L)));
    }

    [Fact]
    public void Trap_17_flags_are_text_and_numbers_never_equal_them()
    {
        var e = Event("bpf", 3, null, Param("fd", 3), Param("cmd", 5, null, "BPF_PROG_LOAD"), Param("flags", 0));
        Assert.True(Holds("evt.arg.cmd = BPF_PROG_LOAD and evt.arg[1] = BPF_PROG_LOAD and evt.arg.flags = 0 and evt.rawarg.cmd = 5", e));
        Assert.False(Holds("evt.arg.cmd = 5", e));
        Assert.False(Holds("evt.arg.flags contains O_CREAT", Event("creat", 3, null, Param("creat_flags", 1, null, "FD_UPPER_LAYER_CREAT"))));
    }

    [Fact]
    public void Trap_18_conditions_append_as_text_and_redefinitions_keep_their_place()
    {
        var load = Load(Rule("r", "proc.name = a or proc.name = b") + Rule("z", "proc.name exists")
            + "- rule: r\n  condition: and proc.pid = 1\n  override: {condition: append}\n");
        Assert.Equal(["r"], Matches(load, ("proc.name", "a"), ("proc.pid", 2)));
        Assert.Equal(["z"], Matches(load, ("proc.name", "b"), ("proc.pid", 2)));

        var redefined = Load("- list: l\n  items: [x]\n" + Rule("first", "proc.name in (l)") + Rule("second", "proc.name exists")
            + Rule("first", "proc.name in (l) and proc.pid exists") + "- list: l\n  items: [y]\n");
        Assert.Equal(["first"], Matches(redefined, ("proc.name", "y"), ("proc.pid", 1)));
        Assert.Equal(["second"], Matches(redefined, ("proc.name", "x"), ("proc.pid", 1)));
    }

    [Fact]
    public void Trap_19_the_first_match_by_definition_order_wins_and_never_true_prunes_nothing()
    {
        var files = Rule("b", "evt.type = open") + Rule("a", "evt.type = open");
        Assert.Equal(["b"], Matches(Load(files), ("evt.type", "open")));
        Assert.Equal(["b", "a"], Matches(Load(files, new RuleLoadOptions { Matching = RuleMatching.All }), ("evt.type", "open")));
        var never = Load("- macro: never_true\n  condition: (evt.num=0)\n" + Rule("r", "evt.type = open and not never_true"));
        Assert.Equal(["r"], Matches(never, ("evt.type", "open"), ("evt.num", 1)));
        Assert.Equal(["open"], never.RuleSet!.Rules[0].EventTypes!);
    }

    [Fact]
    public void Trap_20_identity_strings()
    {
        var process = Process("comm") with { Exe = Utf8.From("/x/argv0"), Args = [Utf8.From("-a"), Utf8.From("b c")], StartTimeNs = 0 };
        Assert.True(Holds("proc.cmdline = \"comm -a b c\" and proc.args = \"-a b c\" and proc.args[1] = \"b c\" and proc.args[7] = \"\"", Event("read", 0, process)));
        Assert.False(Holds("proc.duration exists or proc.duration <= 5000000000", Event("read", 0, process)));
        Assert.True(Holds("not proc.duration <= 5000000000", Event("read", 0, process)));
        Assert.True(Holds("proc.duration = 456789", Event("read", 0, process with { StartTimeNs = 1_700_000_000_123_000_000 })));
    }

    [Fact]
    public void Trap_21_output_tokens_are_the_longest_that_are_fields()
    {
        var e = Event("read", 7);
        Assert.Equal("bashand 10", Rendered("%proc.nameand %proc.pid", e).Message);
        Assert.Equal("ba|bash  |", Rendered("%2proc.name|%6proc.name|", e).Message);
        Assert.Contains("names no field", Assert.Throws<SyntaxException>(() => OutputTemplate.Parse("%%proc.name")).Message, StringComparison.Ordinal);
        Assert.Contains("'%' at the end", Assert.Throws<SyntaxException>(() => OutputTemplate.Parse("100%")).Message, StringComparison.Ordinal);
        var load = Load("- rule: r\n  desc: d\n  condition: evt.num = 1\n  output: a %container.info b\n  priority: Debug\n");
        Assert.Equal("a  b container_id=host container_name=host container_image_repository= container_image_tag= k8s_pod_name=<NA> k8s_ns_name=<NA>",
            load.RuleSet!.Rules[0].Output.Render(e).Message);
        Assert.Contains(load.Warnings, warning => warning.Code == "LOAD_DEPRECATED_ITEM");
    }

    [Fact]
    public void Trap_22_bare_strings_may_hold_brackets_colons_and_slashes()
    {
        Assert.True(Holds("proc.name = runc:[0:PARENT]", ("proc.name", "runc:[0:PARENT]")));
        Assert.True(Holds("fd.snet in (10.0.0.0/8, 192.168.0.0/16)", ("fd.sip", "10.9.9.9")));
        Assert.True(Holds("container.mount.dest[/proc*] = x", ("container.mount.dest[/proc*]", "x")));
        Assert.True(Holds("proc.args = a@b#c*", ("proc.args", "a@b#c*")));
    }

    private static RenderedOutput Rendered(string format, SyscallEvent e) => OutputTemplate.Parse(format).Render(e);

    private static SyscallEvent WithFd(SyscallEvent e, long number, string? type, string typeChar, string name)
    {
        e.HasFd = true;
        e.Fd.Num = number;
        e.Fd.Type = Utf8.From(type);
        e.Fd.TypeChar = Utf8.From(typeChar);
        e.Fd.Name = e.Fd.NameRaw = Utf8.From(name);
        return e;
    }

    private static SyscallEvent WithEnds(SyscallEvent e, string? client, string? server, bool? clientIsLocal, string type = "ipv4")
    {
        WithFd(e, 3, type, type[3..], "");
        e.Fd.ClientIp = Bytes(client);
        e.Fd.ServerIp = Bytes(server);
        e.Fd.ClientPort = client is null ? null : 1000;
        e.Fd.ServerPort = server is null ? null : 80;
        e.Fd.ClientIsLocal = clientIsLocal;
        return e;
    }

    private static Utf8 Bytes(string? address) => address is null ? default : Utf8.Copy(System.Net.IPAddress.Parse(address).GetAddressBytes());
}
