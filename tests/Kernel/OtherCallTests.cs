using Syscribe.Events;

namespace Syscribe.Kernel.Tests;

/// <summary>Calls that no rule names: each arrives under its own name, with its path.</summary>
public sealed class OtherCallTests(CaptureFixture capture) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Memfd_secret()
    {
        var seen = capture.One("memfd_secret", () => Sys.Call(447, 0));
        Assert.Equal(447, seen.Number);
        Assert.Equal("flags=0", seen.Args);
    }

    [Fact]
    public void Process_vm_writev()
    {
        var seen = capture.One("process_vm_writev", () => Sys.Call(311, Environment.ProcessId, null, 0, null, 0, 0));
        Assert.Equal($"pid={Environment.ProcessId} lvec=0 liovcnt=0 rvec=0 riovcnt=0 flags=0", seen.Args);
        Assert.Equal(0, seen.Return);
    }

    [Fact]
    public void Pidfd_open_and_pidfd_getfd()
    {
        var path = _folder.File("a");
        var seen = capture.Trace(() =>
        {
            var pid = Sys.Call(434, Environment.ProcessId, 0);
            var file = Sys.Call(257, Sys.AtFdCwd, path, 0, 0);
            Sys.Call(438, pid, file, 0);
        });

        var open = seen.Single(e => e.Type == "pidfd_open");
        Assert.Equal(("pidfd", "P"), (open.Fd!.Type, open.Fd.TypeChar));
        var get = seen.Single(e => e.Type == "pidfd_getfd");
        Assert.StartsWith($"pidfd={open.Return}(<P>) ", get.Args);
        Assert.Equal((get.Return!.Value, path, "file"), (get.Fd!.Num, get.Fd.Name, get.Fd.Type));
    }

    [Fact]
    public void Fsopen_has_the_name_of_the_file_system()
    {
        var seen = capture.One("fsopen", () => Sys.Call(430, "tmpfs", 0));
        Assert.Equal("_fs_name=tmpfs flags=0", seen.Args);
    }

    [Fact]
    public void Move_mount()
    {
        var seen = capture.One("move_mount", () => Sys.Call(429, Sys.AtFdCwd, "../from", Sys.AtFdCwd, "/nonexistent/to", 0));
        var cwd = Directory.GetCurrentDirectory();
        Assert.Equal(-2, seen.Return);
        Assert.Equal($"from_dfd=-100(AT_FDCWD) from_pathname=../from({Path.GetDirectoryName(cwd)!.TrimEnd('/')}/from) to_dfd=-100(AT_FDCWD) to_pathname=/nonexistent/to flags=0", seen.Args);
    }

    [Fact]
    public void Statx()
    {
        var path = _folder.File("a");
        var directory = 0L;
        var seen = capture.Trace(() =>
        {
            directory = Sys.Call(257, Sys.AtFdCwd, _folder.Path, 0x10000, 0);
            Sys.Call(332, directory, "a", 0, 0xfff, new byte[256]);
        }).Single(e => e.Type == "statx");
        Assert.StartsWith($"dfd={directory}(<d>{_folder.Path}) filename=a({path}) flags=0 mask=4095 ", seen.Args);
        Assert.Equal((0, _folder.Path), (seen.Return, seen.Fd!.Name));
    }

    [Fact]
    public void Name_to_handle_at_and_open_by_handle_at()
    {
        var path = _folder.File("a");
        var handle = new byte[136];
        handle[0] = 128;
        var seen = capture.Trace(() =>
        {
            Sys.Call(303, Sys.AtFdCwd, path, handle, new int[1], 0);
            var mount = Sys.Call(257, Sys.AtFdCwd, _folder.Path, 0x10000, 0);
            Sys.Call(Sys.OpenByHandleAt, mount, handle, 0);
        });
        var name = seen.Single(e => e.Type == "name_to_handle_at");
        Assert.StartsWith($"dfd=-100(AT_FDCWD) name={path} ", name.Args);
        var open = seen.Single(e => e.Type == "open_by_handle_at");
        Assert.SkipUnless(open.Return >= 0, $"the file system of {path} opens nothing by handle: {open.Return}");
        Assert.Equal((open.Return!.Value, path, "file"), (open.Fd!.Num, open.Fd.Name, open.Fd.Type));
    }

    [Fact]
    public void Fchmodat2()
    {
        var path = _folder.File("a");
        var seen = capture.One("fchmodat2", () => Sys.Call(452, Sys.AtFdCwd, path, 0x180, 0x100));
        Assert.Equal($"dfd=-100(AT_FDCWD) filename={path} mode=384 flags=256", seen.Args);
        Assert.Equal(452, seen.Number);
    }

    [Fact]
    public void A_number_that_the_kernel_does_not_have()
    {
        var seen = capture.One("syscall_500", () => Sys.Call(500, 1, 2, 3, 4, 5, 6));
        Assert.Equal("arg0=1 arg1=2 arg2=3 arg3=4 arg4=5 arg5=6", seen.Args);
        Assert.Equal((-38, 500), (seen.Return, seen.Number));
    }

    [Fact]
    public void Mount_and_umount_have_their_texts()
    {
        var seen = capture.Trace(() =>
        {
            Sys.Call(165, "source", "/nonexistent/target", "tmpfs", 1, null);
            Sys.Call(166, "/nonexistent/target", 2);
        });
        Assert.Equal("dev_name=source dir_name=/nonexistent/target type=tmpfs flags=1 data=0", seen.Single(e => e.Type == "mount").Args);
        Assert.Equal("name=/nonexistent/target flags=2", seen.Single(e => e.Type == "umount2").Args);
    }

    [Fact]
    public void Io_uring_openat_arrives_without_a_system_call_of_its_own()
    {
        var path = _folder.File("a");
        var events = capture.Trace(() =>
        {
            using var ring = new UringRing();
            Assert.True(ring.OpenAt(path) >= 0);
            Assert.Equal(0, ring.UnlinkAt(path));
        });

        var open = events.Single(e => e.Type == "io_uring.openat");
        Assert.Equal($"dirfd=-100(AT_FDCWD) name={path} flags=1(O_RDONLY) mode=0", open.Args);
        Assert.Equal((Abi.IoUring, 18), (open.Abi, open.Number));
        Assert.Null(open.Return);
        Assert.Equal(path, open.Fd!.Name);
        var unlink = events.Single(e => e.Type == "io_uring.unlinkat");
        Assert.Equal($"dirfd=-100(AT_FDCWD) name={path} flags=0", unlink.Args);
        Assert.DoesNotContain(events, e => e.Type is "openat" or "unlinkat" && e.Args.Contains(path, StringComparison.Ordinal));
    }
}
