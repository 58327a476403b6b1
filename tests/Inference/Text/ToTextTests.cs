using System.Text;
using Syscribe.Events;
using Syscribe.Inference.Tests.Support;
using Syscribe.Inference.Text;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Text;

public sealed class ToTextTests
{
    [Fact]
    public void An_open_is_rendered_like_this() => Assert.Equal(
        "call=openat res=ok proc=cat argv0=- exe=/usr/bin/cat args=/etc/shadow cwd=- parent=bash parent2=sshd parent3=- up=- user=root root=yes tty=no "
        + "image=host origin=- fd=file std=- path=/etc/shadow path2=- raw=- flags=O_RDONLY|O_CLOEXEC text=- text2=- peer=- env=-",
        Render(Open()));

    [Fact]
    public void A_call_that_nobody_knows_is_rendered_with_the_same_facts()
    {
        var e = Open();
        e.Type = U("openat9");
        e.Params.Insert(1, new Param(U("how_size"), 24, default, default));

        Assert.Equal(Render(Open()).Replace("call=openat ", "call=openat9 ", StringComparison.Ordinal), Render(e));
    }

    [Fact]
    public void A_rename_has_two_paths_and_a_failure_its_error_number()
    {
        var e = new SyscallEvent { Type = U("renameat2"), Return = -13, Process = Process("mv", "/usr/bin/mv", "a b", "/etc/cron.d/x") };
        e.Params.Add(new Param(U("olddirfd"), -100, default, U("AT_FDCWD")));
        e.Params.Add(new Param(U("oldpath"), null, U("a b"), U("/home/ann/a b")));
        e.Params.Add(new Param(U("newdirfd"), 5, default, U("<d>/etc/cron.d")));
        e.Params.Add(new Param(U("newpath"), null, U("/etc/cron.d/x"), default));

        Assert.Equal(
            "call=renameat2 res=13 proc=mv argv0=- exe=/usr/bin/mv args=\"a b /etc/cron.d/x\" cwd=- parent=bash parent2=sshd parent3=- up=- user=root root=yes "
            + "tty=no image=host origin=- fd=- std=- path=\"/home/ann/a b\" path2=/etc/cron.d/x raw=- flags=- text=- text2=- peer=- env=-",
            Render(e));
    }

    [Fact]
    public void A_connect_names_its_far_end_and_a_container_its_image()
    {
        var process = Process("nc", "/tmp/nc", "10.0.0.9", "4444") with
        {
            ContainerId = U("0123456789ab"),
            Container = new ContainerInfo { Name = U("web"), ImageRepository = U("docker.io/library/nginx") },
            ExeFlags = ExeFlags.UpperLayer | ExeFlags.Writable,
            Tty = 34816,
        };
        var e = new SyscallEvent { Type = U("connect"), Return = 0, Process = process, HasFd = true };
        e.Fd.Type = U("ipv4");
        e.Fd.Num = 0;
        e.Fd.Name = U("10.0.0.5:51234->203.0.113.9:4444");
        e.Fd.Role = SocketRole.Client;
        e.Fd.ServerIp = Utf8.Copy([203, 0, 113, 9]);
        e.Fd.ServerPort = 4444;
        e.Params.Add(new Param(U("fd"), 3, default, U("<4t>10.0.0.5:51234->203.0.113.9:4444")));

        Assert.Equal(
            "call=connect res=ok proc=nc argv0=- exe=/tmp/nc args=\"10.0.0.9 4444\" cwd=- parent=bash parent2=sshd parent3=- up=- user=root root=yes tty=yes "
            + "image=docker.io/library/nginx origin=writable,upper fd=ipv4 std=0 path=- path2=- raw=- flags=- text=- text2=- peer=203.0.113.9:4444 env=-",
            Render(e));
    }

    [Fact]
    public void An_exec_shows_what_changes_its_loading_nothing_else_of_the_environment_and_nothing_twice()
    {
        var e = new SyscallEvent { Type = U("execve"), Return = 0, Process = Process("sh", "/bin/sh", "-c", "id"), HasEnv = true };
        e.Params.Add(new Param(U("exe"), null, U("/bin/sh"), default));
        e.Params.Add(new Param(U("args"), null, U("-c\0id\0"), default));
        e.Params.Add(new Param(U("cwd"), null, U("/root"), default));
        e.Params.Add(new Param(U("cgroups"), null, U("cpu=/docker/1"), default));
        e.Params.Add(new Param(U("flags"), 1, default, U("EXE_WRITABLE")));
        e.Env.AddRange([U("AWS_SECRET_ACCESS_KEY=topsecret"), U("LD_PRELOAD=/tmp/x.so")]);

        var text = Render(e);

        Assert.EndsWith(" path=- path2=- raw=- flags=- text=- text2=- peer=- env=\"LD_PRELOAD=/tmp/x.so\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_rules_ask_beside_names_and_paths_is_shown_too()
    {
        var process = Process("exe", "/bin/busybox", "-lvp", "4444") with
        {
            Exe = U("./nc"),
            Cwd = U("/dev/shm/"),
            UserId = 1000,
            Ancestors = [.. "sh perl dpkg apt sshd".Split(' ').Select(name => new Ancestor(1, U(name), U(name), U(name), U(name)))],
        };
        var e = Open("/etc/shadow", process);
        e.Fd.Num = 1;
        e.Fd.NameRaw = U("static/../../etc/shadow");

        var line = RenderedLine.Parse(Render(e));

        Assert.Equal(
            ["./nc", "/dev/shm/", "apt sshd", "no", "1", "static/../../etc/shadow"],
            new[] { "argv0", "cwd", "up", "root", "std", "raw" }.Select(key => Encoding.UTF8.GetString(line[key])));
    }

    [Fact]
    public void A_path_is_shown_without_its_steps_upwards_and_a_handle_as_what_it_opened()
    {
        var stepping = new SyscallEvent { Type = U("open"), Return = 3, HasFd = true };
        stepping.Params.Add(new Param(U("name"), null, U("/srv/../etc/shadow"), default));
        (stepping.Fd.Name, stepping.Fd.NameRaw) = (U("/etc/shadow"), U("/srv/../etc/shadow"));
        var handle = new SyscallEvent { Type = U("open_by_handle_at"), Return = 3, HasFd = true };
        handle.Params.Add(new Param(U("mountdirfd"), 5, default, U("<d>/etc")));
        (handle.Fd.Name, handle.Fd.NameChanged) = (U("/etc/shadow"), true);

        Assert.Contains(" path=/etc/shadow path2=- raw=/srv/../etc/shadow ", Render(stepping), StringComparison.Ordinal);
        Assert.Contains(" path=/etc/shadow path2=- raw=- ", Render(handle), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setuid_mode_is_a_flag_and_the_pids_of_an_exec_are_nothing()
    {
        var e = new SyscallEvent { Type = U("chmod"), Return = 0, Process = Process("sh", "/bin/sh") };
        e.Params.Add(new Param(U("filename"), null, U("/opt/x"), default));
        e.Params.Add(new Param(U("mode"), 2541, U("04755"), U("S_IRUSR|S_ISUID")));
        e.Params.Add(new Param(U("tid"), 77, default, U("sh")));
        e.Params.Add(new Param(U("addr"), 0x7ffe10, U("7ffe10"), default));

        Assert.Contains(" path=/opt/x path2=- raw=- flags=S_IRUSR|S_ISUID text=- text2=- ", Render(e), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_the_process_passed_is_the_far_end_where_the_socket_knows_none()
    {
        var e = new SyscallEvent { Type = U("io_uring.connect"), Process = Process("sh", "/bin/sh") };
        e.Params.Add(new Param(U("uservaddr"), null, U("203.0.113.9:4444"), default));

        Assert.Contains(" text=- text2=- peer=203.0.113.9:4444 env=-", Render(e), StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_which_nothing_is_known_has_all_keys()
    {
        var text = Render(new SyscallEvent { Type = U("syscall_999") });

        Assert.Equal("call=syscall_999 " + string.Join(' ', ToText.Keys.Skip(1).Select(key => key + "=-")), text);
    }

    [Theory]
    [InlineData("plain-1.2_3/x,+@%|:", "plain-1.2_3/x,+@%|:")]
    [InlineData("", "\"\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\"", "\"say \\x22hi\\x22\"")]
    [InlineData("back\\slash", "\"back\\x5cslash\"")]
    [InlineData("line\nbreak\ttab", "\"line\\x0abreak\\x09tab\"")]
    [InlineData("\u001b[31mred", "\"\\x1b\\x5b31mred\"")]
    [InlineData("</s>", "\"\\x3c/s\\x3e\"")]
    [InlineData("[INST]", "\"\\x5bINST\\x5d\"")]
    [InlineData("é", "\"\\xc3\\xa9\"")]
    [InlineData("\U000E0041", "\"\\xf3\\xa0\\x81\\x81\"")]
    public void A_value_is_written_so_that_it_can_be_read_back(string value, string written)
    {
        var e = new SyscallEvent { Type = U("x"), Process = Process() with { UserName = U(value) } };

        Assert.Contains($" user={written} root=", Render(e), StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetBytes(value), RenderedLine.Parse(Render(e))["user"]);
    }

    [Fact]
    public void A_long_value_keeps_its_start_and_its_end()
    {
        var e = Open("/start" + new string('x', 5000) + "/end", Process());

        var path = RenderedLine.Parse(Render(e), out var cut)["path"];

        Assert.Contains("path", cut);
        Assert.StartsWith("/startxxx", Encoding.ASCII.GetString(path), StringComparison.Ordinal);
        Assert.EndsWith("xxx/end", Encoding.ASCII.GetString(path), StringComparison.Ordinal);
        Assert.Equal(160, path.Length);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\n')]
    [InlineData('<')]
    public void The_longest_event_stays_within_the_bound(char fill)
    {
        var huge = new string(fill, 20_000);
        var process = Process(huge, "/" + huge, huge, huge, huge) with
        {
            UserName = U(huge),
            ContainerId = U(huge),
            Container = new ContainerInfo { Name = U(huge), ImageRepository = U(huge) },
            Ancestors = [.. Enumerable.Repeat(new Ancestor(1, U(huge), U(huge), U(huge), U(huge)), 16)],
            ExeFlags = (ExeFlags)15,
        };
        var e = Open("/" + huge, process);
        e.Type = U(huge);
        e.Fd.Type = U(huge);
        e.HasEnv = true;
        e.Env.Add(U("LD_PRELOAD=" + huge));
        for (var i = 0; i < 100; i++)
        {
            e.Params.Add(new Param(U(huge), i, default, U("A" + new string('B', 5000))));
            e.Params.Add(new Param(U(huge), null, U(huge), default));
            e.Params.Add(new Param(U(huge), null, U("/" + huge), default));
        }

        var text = Render(e);

        Assert.Equal(ToText.Keys, RenderedLine.Parse(text).Keys);
        Assert.InRange(text.Length, 1500, ToText.MaxBytes * 2 / 3);
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_refused() =>
        Assert.Throws<ArgumentException>(() => ToText.Write(Open(), new byte[ToText.MaxBytes - 1]));

    [Fact]
    public void Rendering_allocates_nothing()
    {
        var e = Open();
        var buffer = new byte[ToText.MaxBytes];
        ToText.Write(e, buffer);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            ToText.Write(e, buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal static string RenderText(SyscallEvent e) => Render(e);

    private static string Render(SyscallEvent e) => Encoding.ASCII.GetString(ToText.Render(e));
}
