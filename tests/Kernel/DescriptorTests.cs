using Microsoft.Win32.SafeHandles;

namespace Syscribe.Kernel.Tests;

/// <summary>dup, dup2, dup3, bpf, userfaultfd, and what makes and closes descriptors.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DescriptorTests(CaptureFixture capture) : IDisposable
{
    private const int Close = 3;
    private const int Fcntl = 72;
    private const int OpenAt = 257;
    private const int NoDescriptor = 4040;
    private const int Target = 3000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Dup()
    {
        var (path, fd) = (_folder.File("a"), 0L);
        var seen = capture.Trace(() =>
        {
            fd = Open(path);
            Sys.Call(32, fd);
            Sys.Call(32, NoDescriptor);
        }).Where(e => e.Type == "dup").ToList();

        Assert.Equal([$"res={seen[0].Return}(<f>{path}) oldfd={fd}(<f>{path})", $"res=-9(EBADF) oldfd={NoDescriptor}"], seen.Select(e => e.Args));
        AssertFile(seen[0], seen[0].Return!.Value, path);
        OpenTests.AssertUnknown(seen[1], NoDescriptor, "o", "", "");
    }

    [Fact]
    public void Dup2()
    {
        var (path, fd) = (_folder.File("a"), 0L);
        var seen = capture.Trace(() =>
        {
            fd = Open(path);
            Sys.Call(33, fd, Target);
            Sys.Call(33, NoDescriptor, Target);
        }).Where(e => e.Type == "dup2").ToList();

        Assert.Equal(
            [
                $"res={Target}(<f>{path}) oldfd={fd}(<f>{path}) newfd={Target}(<f>{path})",
                $"res=-9(EBADF) oldfd={NoDescriptor} newfd={Target}(<f>{path})",
            ],
            seen.Select(e => e.Args));
        AssertFile(seen[0], Target, path);
        OpenTests.AssertUnknown(seen[1], NoDescriptor, "o", "", "");
    }

    [Fact]
    public void Dup3()
    {
        var (path, fd) = (_folder.File("a"), 0L);
        var seen = capture.Trace(() =>
        {
            fd = Open(path);
            Sys.Call(292, fd, Target + 1, 0x80000);
            Sys.Call(292, fd, fd, 0);
        }).Where(e => e.Type == "dup3").ToList();

        Assert.Equal(
            [
                $"res={Target + 1}(<f>{path}) oldfd={fd}(<f>{path}) newfd={Target + 1}(<f>{path}) flags=4096(O_CLOEXEC)",
                $"res=-22(EINVAL) oldfd={fd}(<f>{path}) newfd={fd}(<f>{path}) flags=0(O_NONE)",
            ],
            seen.Select(e => e.Args));
        AssertFile(seen[0], Target + 1, path);
        AssertFile(seen[1], fd, path);
    }

    [Fact]
    public void Bpf_shows_its_command_by_name()
    {
        // BPF_MAP_CREATE of an array: type 2, key 4, value 4, 1 entry.
        var attributes = new uint[32];
        (attributes[0], attributes[1], attributes[2], attributes[3]) = (2, 4, 4, 1);
        var seen = capture.Trace(() =>
        {
            Sys.Call(321, 0, attributes, 72);
            Sys.Call(321, 5, new uint[32], 72);
        }).Where(e => e.Type == "bpf").ToList();

        Assert.Equal([$"fd={seen[0].Return}(<b>) cmd=0(BPF_MAP_CREATE)", "fd=-7(E2BIG) cmd=5(BPF_PROG_LOAD)"], seen.Select(e => e.Args));
        Assert.Equal((seen[0].Return!.Value, "bpf", "b", ""), (seen[0].Fd!.Num, seen[0].Fd!.Type, seen[0].Fd!.TypeChar, seen[0].Fd!.Name));
        OpenTests.AssertUnknown(seen[1], -1, "o", "", "");
    }

    [Fact]
    public void Userfaultfd()
    {
        var seen = capture.Trace(() =>
        {
            Sys.Call(323, 0);
            Sys.Call(323, 0xffff);
        }).Where(e => e.Type == "userfaultfd").ToList();

        Assert.Equal(
            [
                $"res={seen[0].Return} flags=1(O_RDONLY)",
                "res=-22(EINVAL) flags=3071(O_LARGEFILE|O_DIRECT|O_TRUNC|O_SYNC|O_NONBLOCK|O_EXCL|O_DSYNC|O_APPEND|O_CREAT|O_RDWR)",
            ],
            seen.Select(e => e.Args));
        Assert.Equal((seen[0].Return!.Value, "userfaultfd", "u"), (seen[0].Fd!.Num, seen[0].Fd!.Type, seen[0].Fd!.TypeChar));
        OpenTests.AssertUnknown(seen[1], -1, "o", "", "");
    }

    [Fact]
    public void A_closed_descriptor_is_forgotten_and_its_number_means_the_next_file()
    {
        var (first, second) = (_folder.File("a"), _folder.File("b"));
        var seen = capture.Trace(() =>
        {
            var fd = Open(first);
            Sys.Call(Close, fd);
            Sys.Call(91, fd, 0x180);
            var again = Open(second);
            Sys.Call(91, again, 0x180);
        });

        var close = seen.Single(e => e.Type == "close");
        Assert.Equal($"fd={close.Fd!.Num}(<f>{first})", close.Args);
        var modes = seen.Where(e => e.Type == "fchmod").ToList();
        OpenTests.AssertUnknown(modes[0], close.Fd.Num, "o", "", "");
        Assert.Equal(second, modes[1].Fd!.Name);
    }

    [Fact]
    public void Fcntl_copies_descriptors()
    {
        const int DupFd = 0;
        var path = _folder.File("a");
        var seen = capture.Trace(() =>
        {
            var copy = Sys.Call(Fcntl, Open(path), DupFd, 3100);
            Sys.Call(91, copy, 0x180);
        }).Single(e => e.Type == "fchmod");

        AssertFile(seen, 3100, path);
    }

    [Theory]
    [InlineData("eventfd2", 290, "event", "e")]
    [InlineData("epoll_create1", 291, "eventpoll", "l")]
    [InlineData("inotify_init1", 294, "inotify", "i")]
    [InlineData("timerfd_create", 283, "timerfd", "t")]
    public void Nameless_descriptors_have_their_type(string call, int number, string type, string letter)
    {
        var seen = capture.One(call, () => Sys.Call(number, 0, 0));

        Assert.Equal((seen.Return!.Value, type, letter, ""), (seen.Fd!.Num, seen.Fd.Type, seen.Fd.TypeChar, seen.Fd.Name));
    }

    [Fact]
    public void Both_ends_of_a_pipe_are_known()
    {
        var ends = new int[2];
        var seen = capture.Trace(() =>
        {
            Sys.Call(293, ends, 0);
            Sys.Call(1, ends[1], "hi", 2);
            Sys.Call(0, ends[0], new byte[8], 8);
        });

        Assert.Equal("pipe", seen.Single(e => e.Type == "pipe2").Fd!.Type);
        var write = seen.Single(e => e.Type == "write" && e.Fd!.Num == ends[1]);
        Assert.Equal(("pipe", "p", "hi"), (write.Fd!.Type, write.Fd.TypeChar, write.Data));
        var read = seen.Single(e => e.Type == "read" && e.Fd!.Num == ends[0]);
        Assert.Equal(("pipe", "p", "hi"), (read.Fd!.Type, read.Fd.TypeChar, read.Data));
    }

    [Fact]
    public void Descriptors_from_before_the_capture_are_looked_up()
    {
        // The mode that it has: standard input may be /dev/null, which is everyone's.
        using var input = new SafeFileHandle(0, ownsHandle: false);
        var mode = (int)File.GetUnixFileMode(input);
        var seen = capture.Trace(() => Sys.Call(91, 0, mode)).Single(e => e.Type == "fchmod");

        Assert.Equal(0, seen.Fd!.Num);
        Assert.NotNull(seen.Fd.Type);
    }

    private static long Open(string path) => Sys.Call(OpenAt, Sys.AtFdCwd, path, 0, 0);

    private static void AssertFile(SeenEvent seen, long number, string path) =>
        Assert.Equal((number, "file", "f", path, path, false), (seen.Fd!.Num, seen.Fd.Type, seen.Fd.TypeChar, seen.Fd.Name, seen.Fd.NameRaw, seen.Fd.NameChanged));
}
