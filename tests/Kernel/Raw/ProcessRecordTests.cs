using System.Globalization;
using System.Runtime.InteropServices;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>Births, programs and deaths.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection(KernelCollection.Name)]
public sealed class ProcessRecordTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-processes-").FullName;

    [Fact]
    public void A_program_that_starts_comes_with_everything_about_it()
    {
        using var capture = RawCapture.Start();

        var (id, _, _) = Native.Run("/usr/bin/env", "-i", "ONE=1", "TWO=2", "sh", "-c", "cd /usr/share && exec /bin/true 'an argument' \"\"");

        var record = capture.All(ExecOf(id, "true"))[^1];
        Assert.Equal(59, record.Number);
        Assert.Equal("/bin/true", record.Text(Block.String));
        Assert.Equal("/bin/true\0an argument\0\0", record.Text(Block.Argv));
        Assert.Contains("ONE=1", record.Texts(Block.Envp));
        Assert.Contains("TWO=2", record.Texts(Block.Envp));
        Assert.Equal(Path.GetFullPath("/bin").Replace("/bin", "/usr/bin", StringComparison.Ordinal) + "/true", record.Text(Block.ExePath));
        Assert.Equal("/usr/share", record.Text(Block.Cwd));
        Assert.StartsWith("/", record.Text(Block.Cgroup), StringComparison.Ordinal);
        Assert.Equal(id, record.Int32(Block.Proc, 0));
        Assert.Equal(id, record.Int32(Block.Proc, 4));
        Assert.Equal(Environment.ProcessId, record.ParentTgid);
        Assert.Equal((long)record.StartNs, record.Int64(Block.Proc, 32));
        Assert.Equal(0u, record.Euid);
        Assert.Equal(
            Native.Stat("%i %Z %Y", "/usr/bin/true"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Int64(Block.Exec, 0)} {record.Int64(Block.Exec, 8) / 1_000_000_000} {record.Int64(Block.Exec, 16) / 1_000_000_000}"));
        Assert.Equal(1, record.Int32(Block.Exec, 24)); // root may write it
    }

    [Fact]
    public void A_script_gives_its_interpreter_as_the_running_file()
    {
        var script = Path.Combine(_folder, "script");
        File.WriteAllText(script, "#!/bin/sh\nexit 0\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var capture = RawCapture.Start();

        var (id, _, _) = Native.Run(script);

        var record = capture.Next(ExecOf(id, "script"));
        Assert.Equal(script, record.Text(Block.String));
        Assert.Equal(["/bin/sh", script], record.Texts(Block.Argv));
        Assert.Equal(Native.Run("/usr/bin/realpath", "/bin/sh").Output.Trim(), record.Text(Block.ExePath));
    }

    [Fact]
    public void A_program_run_from_memory_says_so_and_names_execveat()
    {
        var program = Native.CallsProgram;
        using var capture = RawCapture.Start();

        var (id, _) = Native.RunCalls("memory", "/bin/true");

        var record = capture.Next(record => record.Tgid == id && record.Kind == RawRecord.Exec && record.Text(Block.String) != program);
        Assert.Equal(322, record.Number);
        Assert.Equal("memfd:payload", record.Text(Block.ExePath));
        Assert.Equal(4, record.Int32(Block.Exec, 24) & 4);
        Assert.Equal(["from-memory", "--version"], record.Texts(Block.Argv));
        Assert.Equal(["MEMORY=yes"], record.Texts(Block.Envp));
        Assert.StartsWith("/dev/fd/", record.Text(Block.String), StringComparison.Ordinal);
    }

    [Fact]
    public void Execveat_with_a_path_is_told_from_execve()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();
        Assert.SkipUnless(capture.Bpf.Program("prepare_exec").Autoload, "This kernel has no sched_prepare_exec tracepoint (Linux 6.10).");

        var (id, _) = Native.RunCalls("at", "/bin/true");

        Assert.Equal(322, capture.Next(record => record.Tgid == id && record.Kind == RawRecord.Exec && record.Texts(Block.Argv)[0] == "at").Number);
    }

    [Fact]
    public void An_exec_that_fails_comes_with_the_arguments_of_the_attempt()
    {
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Describe(bpf, Native.Exec, 0, RawCapture.ArgString));
        var path = Marshal.StringToCoTaskMemUTF8("/nonexistent/program");
        var argument = Marshal.StringToCoTaskMemUTF8("--delete everything");
        var environment = Marshal.StringToCoTaskMemUTF8("KEY=value");
        var argv = Marshal.AllocCoTaskMem(40);
        Marshal.Copy([path, argument, 0, environment, 0], 0, argv, 5);
        var tid = Native.Tid;

        Native.Call(Native.Exec, path, argv, argv + 24);

        var record = capture.Next(record => record.Tid == tid && record.Number == Native.Exec && record.Kind == RawRecord.Syscall);
        Assert.Equal(-2, record.Return);
        Assert.Equal("/nonexistent/program", record.Text(Block.String));
        Assert.Equal("/nonexistent/program\0--delete everything\0", record.Text(Block.Argv));
        Assert.Equal("KEY=value\0", record.Text(Block.Envp));
        foreach (var memory in (nint[])[path, argument, environment, argv])
        {
            Marshal.FreeCoTaskMem(memory);
        }
    }

    [Fact]
    public void Arguments_beyond_the_bound_are_cut_and_flagged()
    {
        using var capture = RawCapture.Start();
        var big = new string('a', 10_000);

        var (id, _, _) = Native.Run("/bin/true", big);

        var record = capture.Next(ExecOf(id, "true"));
        Assert.Equal(4096, record.Data(Block.Argv).Length);
        Assert.Equal(RawRecord.Cut, record.Flags & RawRecord.Cut);
    }

    [Fact]
    public void A_birth_names_the_child_and_how_it_was_made_and_a_death_its_exit_code()
    {
        using var capture = RawCapture.Start();

        var (id, _, _) = Native.Run("/bin/sh", "-c", "(exit 3); exit 4");

        var birth = capture.Next(record => record.Kind == RawRecord.Fork && record.Tgid == id);
        var child = birth.Int32(Block.Fork, 4);
        Assert.Equal(child, birth.Int32(Block.Fork, 0));
        Assert.Equal(child, birth.Int32(Block.Proc, 0));
        Assert.Equal(17, birth.Int64(Block.Fork, 8) & 0xff); // SIGCHLD: fork by clone
        Assert.Equal("sh", birth.Text(Block.Comm).TrimEnd('\0'));
        Assert.True(birth.Int64(Block.Proc, 32) > (long)birth.StartNs);
        Assert.Equal(3 << 8, capture.Next(record => record.Kind == RawRecord.Exit && record.Tgid == child).Return);
        Assert.Equal(4 << 8, capture.Next(record => record.Kind == RawRecord.Exit && record.Tgid == id).Return);
    }

    [Fact]
    public void A_process_killed_by_a_signal_dies_with_its_number()
    {
        using var capture = RawCapture.Start();

        var (id, _, _) = Native.Run("/bin/sh", "-c", "kill -9 $$");

        Assert.Equal(9, capture.Next(record => record.Kind == RawRecord.Exit && record.Tgid == id).Return);
    }

    [Fact]
    public void A_thread_is_born_into_its_process()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();

        var (id, _) = Native.RunCalls("thread");

        var birth = capture.Next(record => record.Kind == RawRecord.Fork && record.Tgid == id);
        var tid = birth.Int32(Block.Fork, 0);
        Assert.Equal(id, birth.Int32(Block.Fork, 4));
        Assert.NotEqual(id, tid);
        Assert.Equal(0x10000, birth.Int64(Block.Fork, 8) & 0x10000); // CLONE_THREAD
        Assert.False(birth.Has(Block.Cgroup));
        var call = capture.Next(record => record.Number == Native.GetPpid && record.Tgid == id);
        Assert.Equal((tid, 0), (call.Tid, call.Flags & RawRecord.Leader));
        Assert.Equal(birth.StartNs, call.StartNs);
    }

    [Fact]
    public void Changed_credentials_come_with_the_call_that_changed_them()
    {
        _ = Native.CallsProgram;
        using var capture = RawCapture.Start();

        var (id, _) = Native.RunCalls("credentials");

        var record = capture.Next(record => record.Tgid == id && record.Number == 117); // setresuid
        Assert.Equal([1, 2, 3, 2], Enumerable.Range(0, 4).Select(i => record.Int32(Block.Cred, 4 * i)));
        Assert.Equal([11, 12, 13, 12], Enumerable.Range(4, 4).Select(i => record.Int32(Block.Cred, 4 * i)));
        Assert.Equal((2u, 12u), (record.Euid, record.Egid));
        Assert.Equal(0, record.Int64(Block.Cred, 40)); // no effective capability is left to uid 2
    }

    [Fact]
    public void The_cgroup_is_the_one_that_names_the_container()
    {
        var container = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
        var parent = Directory.Exists("/sys/fs/cgroup/pids") ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";
        var folder = $"{parent}/syscribe-test/{container}";
        RawCapture.SkipWhereNotAllowed();
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"Making a cgroup: {e.Message}");
        }

        try
        {
            using var capture = RawCapture.Start();
            var (id, _, _) = Native.Run("/bin/sh", "-c", $"echo $$ > {folder}/cgroup.procs; (exit 0); exec /bin/true");

            Assert.Equal($"/syscribe-test/{container}", capture.Next(record => record.Kind == RawRecord.Fork && record.Tgid == id).Text(Block.Cgroup));
            Assert.Equal($"/syscribe-test/{container}", capture.Next(ExecOf(id, "true")).Text(Block.Cgroup));
        }
        finally
        {
            Native.Run("/usr/bin/rmdir", folder, Path.GetDirectoryName(folder)!);
        }
    }

    // The way out of a container that gave cgroup v1's release_agent its fame: no process calls exec.
    [Fact]
    public void A_program_that_the_kernel_starts_by_itself_arrives_as_execve()
    {
        RawCapture.SkipWhereNotAllowed();
        var agent = Path.Combine(_folder, "agent");
        File.WriteAllText(agent, "#!/bin/sh\nexit 0\n");
        File.SetUnixFileMode(agent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var hierarchy = Directory.CreateDirectory(Path.Combine(_folder, "hierarchy")).FullName;
        var mounted = Native.Run("/usr/bin/mount", "-t", "cgroup", "-o", "none,name=syscribe-test", "cgroup", hierarchy);
        Assert.SkipUnless(mounted.Code == 0, $"Mounting a cgroup v1 hierarchy: {mounted.Output}");
        try
        {
            using var capture = RawCapture.Start();
            File.WriteAllText(Path.Combine(hierarchy, "release_agent"), agent);
            var group = Directory.CreateDirectory(Path.Combine(hierarchy, "group")).FullName;
            File.WriteAllText(Path.Combine(group, "notify_on_release"), "1");

            Native.Run("/bin/sh", "-c", $"echo $$ > {group}/cgroup.procs");

            var record = capture.Next(record => record.Kind == RawRecord.Exec && record.Text(Block.String) == agent);
            Assert.Equal((59, 0), (record.Number, record.Flags & RawRecord.Compat32));
            Assert.Equal(["/bin/sh", agent, "/group"], record.Texts(Block.Argv));
            Directory.Delete(group);
        }
        finally
        {
            Native.Run("/usr/bin/umount", hierarchy);
        }
    }

    [Fact]
    public void On_overlayfs_programs_of_the_image_are_told_from_those_added_to_it()
    {
        RawCapture.SkipWhereNotAllowed();
        var (lower, merged) = MountOverlay();
        try
        {
            using var capture = RawCapture.Start();
            File.Copy("/bin/true", Path.Combine(merged, "added"));

            var (fromImage, _, _) = Native.Run(Path.Combine(merged, "imaged"));
            var (addedLater, _, _) = Native.Run(Path.Combine(merged, "added"));

            var record = capture.Next(ExecOf(fromImage, "imaged"));
            Assert.Equal(8, record.Int32(Block.Exec, 24) & (2 | 8)); // EXEC_LOWER_LAYER
            Assert.Equal(Path.Combine(merged, "imaged"), record.Text(Block.ExePath));
            Assert.Equal(2, capture.Next(ExecOf(addedLater, "added")).Int32(Block.Exec, 24) & (2 | 8)); // EXEC_UPPER_LAYER
        }
        finally
        {
            Native.Run("/usr/bin/umount", merged);
            Native.Run("/usr/bin/umount", Path.GetDirectoryName(lower)!);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Func<RawRecord, bool> ExecOf(int id, string comm) =>
        record => record.Kind == RawRecord.Exec && record.Tgid == id && record.Text(Block.Comm).TrimEnd('\0') == comm;

    // On a tmpfs, since an overlay cannot have another overlay as its upper layer.
    private (string Lower, string Merged) MountOverlay()
    {
        var tmpfsFolder = Directory.CreateDirectory(Path.Combine(_folder, "base")).FullName;
        var tmpfs = Native.Run("/usr/bin/mount", "-t", "tmpfs", "-o", "exec", "tmpfs", tmpfsFolder);
        Assert.SkipUnless(tmpfs.Code == 0, $"Mounting a tmpfs: {tmpfs.Output}");
        var layers = ((string[])["lower", "upper", "work", "merged"]).Select(name => Directory.CreateDirectory(Path.Combine(tmpfsFolder, name)).FullName).ToArray();
        File.Copy("/bin/true", Path.Combine(layers[0], "imaged"));
        var overlay = Native.Run(
            "/usr/bin/mount", "-t", "overlay", "overlay", "-o", $"lowerdir={layers[0]},upperdir={layers[1]},workdir={layers[2]}", layers[3]);
        if (overlay.Code != 0)
        {
            Native.Run("/usr/bin/umount", tmpfsFolder);
            Assert.Skip($"Mounting an overlay: {overlay.Output}");
        }

        return (layers[0], layers[3]);
    }
}
