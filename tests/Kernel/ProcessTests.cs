using System.Diagnostics;
using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Kernel.Tests;

/// <summary>execve, execveat, setuid, setns, unshare, ptrace, module calls, and the life of processes.</summary>
public sealed class ProcessTests(CaptureFixture capture) : IDisposable
{
    private const int Daemon = 1;
    private const int NoDescriptor = 4040;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Execve_replaces_the_program_and_shows_all_of_it()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        using var child = Start("/bin/echo", ["one", "two words", ""], ("SYSCRIBE", "yes"));
        End(child);
        var seen = capture.WaitFor(e => e.Type == "execve" && e.Return == 0 && e.Process.Pid == child.Id);

        var process = seen.Process;
        var exePath = Real("/bin/echo");
        Assert.Equal(("echo", "/bin/echo", exePath), (process.Name.ToString(), process.Exe.ToString(), process.ExePath.ToString()));
        Assert.Equal(["one", "two words", ""], process.Args.Select(arg => arg.ToString()));
        Assert.Equal("echo one two words ", process.CommandLine.ToString());
        Assert.Equal(Environment.ProcessId, process.ParentPid);
        Assert.Equal(Environment.ProcessId, process.Ancestors[0].Pid);
        Assert.Equal(_folder.Path + "/", process.Cwd.ToString());
        Assert.Equal((0, "root", 0, "root"), (process.UserId, process.UserName.ToString(), process.GroupId, process.GroupName.ToString()));
        Assert.Equal((ulong)Inode.Of(exePath).Ino, (ulong)process.ExeIno);
        Assert.Equal(child.Id, process.VirtualPid);
        Assert.InRange(process.StartTimeNs, seen.TimeNs - 60_000_000_000, seen.TimeNs);
        Assert.Contains("SYSCRIBE=yes", seen.Env!);

        Assert.Equal(
            "res exe args tid pid ptid cwd fdlimit pgft_maj pgft_min vm_size vm_rss vm_swap comm cgroups env tty vpgid loginuid flags "
            + "cap_inheritable cap_permitted cap_effective exe_ino exe_ino_ctime exe_ino_mtime uid trusted_exepath pgid gid filename",
            string.Join(' ', seen.Params.Select(param => param.Name)));
        Assert.Equal(("0", "/bin/echo", "one two words "), (seen["res"], seen["exe"], seen["args"]));
        Assert.Equal(($"{child.Id}(echo)", $"{child.Id}(echo)"), (seen["tid"], seen["pid"]));
        Assert.StartsWith($"{Environment.ProcessId}(", seen["ptid"]);
        Assert.Equal((_folder.Path + "/", "echo", "/bin/echo"), (seen["cwd"], seen["comm"], seen["filename"]));
        Assert.Equal(("0(root)", "0(root)", exePath), (seen["uid"], seen["gid"], seen["trusted_exepath"]));
        Assert.Contains("EXE_WRITABLE", seen["flags"]);
        Assert.Contains("CAP_SYS_ADMIN", seen["cap_effective"]);
        Assert.Equal(process.ExeIno, seen.Params.Single(param => param.Name == "exe_ino").Value);
        Assert.True(seen.Params.Single(param => param.Name == "exe_ino_mtime").Value > 0);
        Assert.Null(seen.Fd);
    }

    [Fact]
    public void Failed_execve_shows_the_attempt_and_keeps_the_caller()
    {
        const int Execve = 59;
        var seen = capture.One("execve", () => Sys.Call(Execve, "/nonexistent/program", Pointers("attempt", "arg"), Pointers("A=1")));

        Assert.Equal(-2, seen.Return);
        Assert.Equal(("-2(ENOENT)", "attempt", "arg", "/nonexistent/program"), (seen["res"], seen["exe"], seen["args"], seen["filename"]));
        Assert.Equal(["A=1"], seen.Env);
        Assert.Equal(Environment.ProcessId, seen.Process.Pid);
        Assert.NotEqual("attempt", seen.Process.Exe.ToString());
        Assert.Equal(seen.Process.Name.ToString(), seen["comm"]);
    }

    [Fact]
    public void Failed_execveat_keeps_its_name_and_has_no_filename()
    {
        const int ExecveAt = 322;
        var seen = capture.One("execveat", () => Sys.Call(ExecveAt, Sys.AtFdCwd, "/nonexistent/program", Pointers("attempt", "arg"), Pointers("A=1"), 0));

        Assert.Equal(("-2(ENOENT)", "attempt", "arg", "null"), (seen["res"], seen["exe"], seen["args"], seen["filename"]));
        Assert.Equal(31, seen.Params.Count);
        Assert.Equal(Environment.ProcessId, seen.Process.Pid);
    }

    [Fact]
    public void Successful_execveat_is_an_execve_and_a_memory_file_is_marked()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs python3 to make execveat in a child");
        const string Program = """
            import os
            fd = os.memfd_create("evil", 1)
            os.write(fd, open("/bin/true", "rb").read())
            os.execve(fd, ["hidden", "x"], {})
            """;
        using var child = Start("/usr/bin/python3", ["-c", Program]);
        End(child);
        Assert.Equal(0, child.ExitCode);
        var seen = capture.WaitFor(e => e.Type == "execve" && e.Process.Pid == child.Id && e.Process.Exe.ToString() == "hidden");

        Assert.Equal(322, seen.Number);
        Assert.True(seen.Process.ExeFlags.HasFlag(ExeFlags.FromMemfd));
        Assert.Contains("EXE_FROM_MEMFD", seen["flags"]);
        Assert.Equal("memfd:evil", seen.Process.ExePath.ToString());
    }

    [Fact]
    public void Setuid_shows_the_new_user_at_once()
    {
        const int SetUid = 105;
        var seen = capture.Trace(() =>
        {
            Sys.Call(SetUid, Daemon);
            Sys.Call(SetUid, 0);
        }).Where(e => e.Type == "setuid").ToList();

        Assert.Equal(["res=0 uid=1(daemon)", "res=-1(EPERM) uid=0(root)"], seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Equal((Daemon, "daemon"), (e.Process.UserId, e.Process.UserName.ToString())));
        Assert.Equal(0UL, seen[0].Process.CapEffective);
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Setns()
    {
        const int SetNs = 308;
        var (fd, path) = (0L, "/proc/self/ns/uts");
        var seen = capture.Trace(() =>
        {
            fd = Sys.Call(257, Sys.AtFdCwd, path, 0, 0);
            Sys.Call(SetNs, fd, 0);
            Sys.Call(SetNs, NoDescriptor, 0x40000000);
        }).Where(e => e.Type == "setns").ToList();

        Assert.Equal([$"res=0 fd={fd}(<f>{path}) nstype=0", $"res=-9(EBADF) fd={NoDescriptor} nstype=16(CLONE_NEWNET)"], seen.Select(e => e.Args));
        Assert.Equal((fd, "file", path), (seen[0].Fd!.Num, seen[0].Fd!.Type, seen[0].Fd!.Name));
        OpenTests.AssertUnknown(seen[1], NoDescriptor, "o", "", "");
    }

    [Fact]
    public void Unshare()
    {
        const int UnshareCall = 272;
        var seen = capture.Trace(() =>
        {
            Sys.Call(UnshareCall, 0x04000000);
            Sys.Call(UnshareCall, 0x10000000);
        }).Where(e => e.Type == "unshare").ToList();

        Assert.Equal(["res=0 flags=128(CLONE_NEWUTS)", "res=-22(EINVAL) flags=1048576(CLONE_NEWUSER)"], seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Ptrace()
    {
        const int PtraceCall = 101;
        const int Attach = 16;
        const int Detach = 17;
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        using var child = Start("/bin/sleep", ["60"]);
        try
        {
            capture.WaitFor(e => e.Type == "execve" && e.Process.Pid == child.Id);
            var seen = capture.Trace(() =>
            {
                Sys.Call(PtraceCall, Attach, child.Id, 0, 0);
                // Not by wait4: the runtime waits for its children too, and may take the notice first.
                SpinWait.SpinUntil(
                    () => File.ReadAllText($"/proc/{child.Id}/status").Contains("State:\tt", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
                Sys.Call(PtraceCall, Detach, child.Id, 0, 0);
                Sys.Call(PtraceCall, 5, 0x7ffffffe, 0x4cc400, 0xff);
            }).Where(e => e.Type == "ptrace").ToList();

            Assert.Equal(
                [
                    $"res=0 addr=0 data=0 request=11(PTRACE_ATTACH) pid={child.Id}(sleep)",
                    $"res=0 addr=0 data=0 request=12(PTRACE_DETACH) pid={child.Id}(sleep)",
                    "res=-3(ESRCH) addr=4CC400 data=FF request=6(PTRACE_POKEDATA) pid=2147483646",
                ],
                seen.Select(e => e.Args));
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact]
    public void Init_module_and_finit_module_that_fail()
    {
        var fd = 0L;
        var seen = capture.Trace(() =>
        {
            Sys.Call(175, "garbage", 7, "key=value");
            fd = Sys.Call(257, Sys.AtFdCwd, "/etc/passwd", 0, 0);
            Sys.Call(313, fd, "key=value", 2);
        });

        var init = seen.Single(e => e.Type == "init_module");
        var finit = seen.Single(e => e.Type == "finit_module");
        Assert.True(init.Return < 0 && finit.Return < 0, "garbage was loaded as a kernel module");
        Assert.Equal($"res={init["res"]} img=null length=7 uargs=key=value", init.Args);
        Assert.Equal($"res={finit["res"]} fd={fd}(<f>/etc/passwd) uargs=key=value flags=2(MODULE_INIT_IGNORE_VERMAGIC)", finit.Args);
        Assert.Equal((fd, "/etc/passwd"), (finit.Fd!.Num, finit.Fd.Name));
    }

    [Fact]
    public void A_child_is_born_with_its_parents_program_and_ends_with_its_status()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        using var child = Start("/bin/sh", ["-c", "(exit 3); exit 5"]);
        End(child);
        var end = capture.WaitFor(e => e.Type == "procexit" && e.Process.Pid == child.Id);
        var inner = capture.WaitFor(e => e.Type == "procexit" && e.Process.ParentPid == child.Id);

        Assert.Equal("status=1280 ret=5 sig=0 core=0", end.Args);
        Assert.Equal((Abi.Process, -1), (end.Abi, end.Number));
        Assert.Null(end.Return);
        Assert.Equal("status=768 ret=3 sig=0 core=0", inner.Args);
        Assert.Equal("sh", inner.Process.Name.ToString());
        Assert.Equal(["-c", "(exit 3); exit 5"], inner.Process.Args.Select(arg => arg.ToString()));
        Assert.Equal([child.Id, Environment.ProcessId], inner.Process.Ancestors.Take(2).Select(ancestor => (int)ancestor.Pid));
    }

    [Fact]
    public void An_orphan_gets_a_new_parent_and_a_session_of_its_own()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/setsid"), "needs setsid (util-linux)");
        var file = _folder["go"];
        Assert.Equal(0, Sys.Call(133, file, 0x1180, 0)); // mknod: a FIFO
        using var child = Start("/bin/sh", ["-c", $"setsid sh -c 'read line <{file}; /bin/true orphan; exit 0' & exit 0"]);
        End(child);
        capture.WaitFor(e => e.Type == "procexit" && e.Process.Pid == child.Id);

        // Both ends: opening one waits for the other, and who has the other may be gone.
        using var go = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        go.Write("go\n"u8);
        var seen = capture.WaitFor(e => e.Type == "execve" && e.Return == 0 && e.Process.Args is [var only] && only.ToString() == "orphan");

        var parent = seen.Process.Ancestors[0];
        Assert.Equal("sh", parent.Name.ToString());
        Assert.DoesNotContain(seen.Process.Ancestors, ancestor => ancestor.Pid == child.Id);
        Assert.Equal(seen.Process.SessionId, parent.Pid);
        Assert.Equal(("sh", "sh"), (seen.Process.SessionName.ToString(), seen.Process.SessionExe.ToString()));
    }

    [Fact]
    public void The_working_directory_follows_chdir()
    {
        Assert.SkipUnless(capture.Missing is null, capture.Missing ?? "");
        var inner = Directory.CreateDirectory(_folder["inner"]).FullName;
        using var child = Start("/bin/sh", ["-c", "cd inner && /bin/true moved && : > relative"]);
        End(child);
        var exec = capture.WaitFor(e => e.Type == "execve" && e.Process.ParentPid == child.Id && e.Process.Args is [var only] && only.ToString() == "moved");
        var open = capture.WaitFor(e => e.Type is "openat" or "open" && e.Process.Pid == child.Id && e["name"].StartsWith("relative", StringComparison.Ordinal));

        Assert.Equal(inner + "/", exec.Process.Cwd.ToString());
        Assert.Equal($"relative({inner}/relative)", open["name"]);
        Assert.Equal(inner + "/relative", open.Fd!.Name);
    }

    private static string Real(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.Combine(
        new DirectoryInfo(Path.GetDirectoryName(path)!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetDirectoryName(path)!, Path.GetFileName(path));

    // argv or envp whose texts live as long as the process: the call may not come back.
    private static nint[] Pointers(params string[] texts) =>
        [.. texts.Select(System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8), 0];

    private static void End(Process child) => Assert.True(child.WaitForExit(TimeSpan.FromSeconds(30)), "the child does not end");

    private Process Start(string program, IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} did not start"));
    }
}
