namespace Syscribe.Kernel.Tests;

/// <summary>Calls on names: rename, unlink, mkdir, links and modes; success and failure, every parameter.</summary>
public sealed class FileTests(CaptureFixture capture) : IDisposable
{
    private const int OpenAt = 257;
    private const int OpenDirectory = 0x10000;
    private const int Missing = 404;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rename()
    {
        var (from, to) = (_folder.File("a"), _folder["b"]);
        var seen = capture.Trace(() =>
        {
            Sys.Call(82, from, to);
            Sys.Call(82, from, to);
        }).Where(e => e.Type == "rename").ToList();

        Assert.Equal([$"res=0 oldpath={from} newpath={to}", $"res=-2(ENOENT) oldpath={from} newpath={to}"], seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Renameat()
    {
        var (from, to, directory) = (_folder.File("a"), _folder["b"], 0L);
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(264, directory, "a", Sys.AtFdCwd, to);
            Sys.Call(264, directory, "a", Missing, "b");
        }).Where(e => e.Type == "renameat").ToList();

        Assert.Equal(
            [
                $"res=0 olddirfd={directory}(<d>{_folder.Path}) oldpath=a({from}) newdirfd=-100(AT_FDCWD) newpath={to}",
                $"res=-9(EBADF) olddirfd={directory}(<d>{_folder.Path}) oldpath=a({from}) newdirfd={Missing} newpath=b",
            ],
            seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Renameat2()
    {
        var (from, to) = (_folder.File("a"), _folder["b"]);
        var seen = capture.Trace(() =>
        {
            Sys.Call(316, Sys.AtFdCwd, from, Sys.AtFdCwd, to, 1);
            Sys.Call(316, Sys.AtFdCwd, from, Sys.AtFdCwd, to, 0);
        }).Where(e => e.Type == "renameat2").ToList();

        Assert.Equal(
            [
                $"res=0 olddirfd=-100(AT_FDCWD) oldpath={from} newdirfd=-100(AT_FDCWD) newpath={to} flags=1(RENAME_NOREPLACE)",
                $"res=-2(ENOENT) olddirfd=-100(AT_FDCWD) oldpath={from} newdirfd=-100(AT_FDCWD) newpath={to} flags=0",
            ],
            seen.Select(e => e.Args));
    }

    [Theory]
    [InlineData("unlink", 87)]
    [InlineData("rmdir", 84)]
    public void Unlink_and_rmdir(string call, int number)
    {
        var path = call == "unlink" ? _folder.File("a") : System.IO.Directory.CreateDirectory(_folder["a"]).FullName;
        var seen = capture.Trace(() =>
        {
            Sys.Call(number, path);
            Sys.Call(number, path);
        }).Where(e => e.Type == call).ToList();

        Assert.Equal([$"res=0 path={path}", $"res=-2(ENOENT) path={path}"], seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Unlinkat_has_the_directory_as_its_descriptor()
    {
        System.IO.Directory.CreateDirectory(_folder["a"]);
        var directory = 0L;
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(263, directory, "a", 0x200);
            Sys.Call(263, Sys.AtFdCwd, _folder["a"], 0);
        }).Where(e => e.Type == "unlinkat").ToList();

        Assert.Equal(
            [
                $"res=0 dirfd={directory}(<d>{_folder.Path}) name=a({_folder["a"]}) flags=512(AT_REMOVEDIR)",
                $"res=-2(ENOENT) dirfd=-100(AT_FDCWD) name={_folder["a"]} flags=0",
            ],
            seen.Select(e => e.Args));
        AssertDirectory(seen[0], directory);
        OpenTests.AssertUnknown(seen[1], -100, "o", "", "");
    }

    [Fact]
    public void Mkdir_prints_its_mode_in_hexadecimal()
    {
        var seen = capture.Trace(() =>
        {
            Sys.Call(83, _folder["a"], 0x1ed);
            Sys.Call(83, _folder["a"], 0x1ed);
        }).Where(e => e.Type == "mkdir").ToList();

        Assert.Equal([$"res=0 path={_folder["a"]} mode=1ED", $"res=-17(EEXIST) path={_folder["a"]} mode=1ED"], seen.Select(e => e.Args));
    }

    [Fact]
    public void Mkdirat()
    {
        var directory = 0L;
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(258, directory, "a", 0x1c0);
            Sys.Call(258, directory, "a", 0x1c0);
        }).Where(e => e.Type == "mkdirat").ToList();

        var rest = $"dirfd={directory}(<d>{_folder.Path}) path=a({_folder["a"]}) mode=1C0";
        Assert.Equal(["res=0 " + rest, "res=-17(EEXIST) " + rest], seen.Select(e => e.Args));
        AssertDirectory(seen[0], directory);
    }

    [Fact]
    public void Symlink_keeps_its_target_as_passed()
    {
        var seen = capture.Trace(() =>
        {
            Sys.Call(88, "../etc", _folder["l"]);
            Sys.Call(88, "../etc", _folder["l"]);
        }).Where(e => e.Type == "symlink").ToList();

        var rest = $"target=../etc linkpath={_folder["l"]}";
        Assert.Equal(["res=0 " + rest, "res=-17(EEXIST) " + rest], seen.Select(e => e.Args));
    }

    [Fact]
    public void Symlinkat()
    {
        var directory = 0L;
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(266, "/etc/shadow", directory, "l");
            Sys.Call(266, "/etc/shadow", Sys.AtFdCwd, _folder["l"]);
        }).Where(e => e.Type == "symlinkat").ToList();

        Assert.Equal(
            [
                $"res=0 target=/etc/shadow linkdirfd={directory}(<d>{_folder.Path}) linkpath=l({_folder["l"]})",
                $"res=-17(EEXIST) target=/etc/shadow linkdirfd=-100(AT_FDCWD) linkpath={_folder["l"]}",
            ],
            seen.Select(e => e.Args));
        AssertDirectory(seen[0], directory);
        OpenTests.AssertUnknown(seen[1], -100, "o", "", "");
    }

    [Fact]
    public void Link()
    {
        var (from, to) = (_folder.File("a"), _folder["b"]);
        var seen = capture.Trace(() =>
        {
            Sys.Call(86, from, to);
            Sys.Call(86, from, to);
        }).Where(e => e.Type == "link").ToList();

        Assert.Equal([$"res=0 oldpath={from} newpath={to}", $"res=-17(EEXIST) oldpath={from} newpath={to}"], seen.Select(e => e.Args));
    }

    [Fact]
    public void Linkat()
    {
        var (from, to, directory) = (_folder.File("a"), _folder["b"], 0L);
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(265, directory, "a", directory, "b", 0x400);
            Sys.Call(265, directory, "a", Sys.AtFdCwd, to, 0);
        }).Where(e => e.Type == "linkat").ToList();

        var old = $"olddir={directory}(<d>{_folder.Path}) oldpath=a({from})";
        Assert.Equal(
            [
                $"res=0 {old} newdir={directory}(<d>{_folder.Path}) newpath=b({to}) flags=1024(AT_SYMLINK_FOLLOW)",
                $"res=-17(EEXIST) {old} newdir=-100(AT_FDCWD) newpath={to} flags=0",
            ],
            seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Chmod_names_its_bits()
    {
        var path = _folder.File("a");
        var seen = capture.Trace(() =>
        {
            Sys.Call(90, path, 0x9ed);
            Sys.Call(90, _folder["b"], 0x180);
        }).Where(e => e.Type == "chmod").ToList();

        Assert.Equal(
            [
                $"res=0 filename={path} mode=04755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID)",
                $"res=-2(ENOENT) filename={_folder["b"]} mode=0600(S_IWUSR|S_IRUSR)",
            ],
            seen.Select(e => e.Args));
        Assert.All(seen, e => Assert.Null(e.Fd));
    }

    [Fact]
    public void Fchmod()
    {
        var (path, fd) = (_folder.File("a"), 0L);
        var seen = capture.Trace(() =>
        {
            fd = Sys.Call(OpenAt, Sys.AtFdCwd, path, 0, 0);
            Sys.Call(91, fd, 0x1c0);
            Sys.Call(91, Missing, 0x1c0);
        }).Where(e => e.Type == "fchmod").ToList();

        Assert.Equal(
            [$"res=0 fd={fd}(<f>{path}) mode=0700(S_IXUSR|S_IWUSR|S_IRUSR)", $"res=-9(EBADF) fd={Missing} mode=0700(S_IXUSR|S_IWUSR|S_IRUSR)"],
            seen.Select(e => e.Args));
        Assert.Equal((fd, "file", path), (seen[0].Fd!.Num, seen[0].Fd!.Type, seen[0].Fd!.Name));
        Assert.False(seen[0].Fd!.NameChanged);
        OpenTests.AssertUnknown(seen[1], Missing, "o", "", "");
    }

    [Fact]
    public void Fchmodat()
    {
        var (path, directory) = (_folder.File("a"), 0L);
        var seen = capture.Trace(() =>
        {
            directory = Directory();
            Sys.Call(268, directory, "a", 0x49);
            Sys.Call(268, Sys.AtFdCwd, _folder["b"], 0x49);
        }).Where(e => e.Type == "fchmodat").ToList();

        Assert.Equal(
            [
                $"res=0 dirfd={directory}(<d>{_folder.Path}) filename=a({path}) mode=0111(S_IXOTH|S_IXGRP|S_IXUSR)",
                $"res=-2(ENOENT) dirfd=-100(AT_FDCWD) filename={_folder["b"]} mode=0111(S_IXOTH|S_IXGRP|S_IXUSR)",
            ],
            seen.Select(e => e.Args));
        AssertDirectory(seen[0], directory);
    }

    private void AssertDirectory(SeenEvent seen, long number)
    {
        var fd = seen.Fd!;
        Assert.Equal((number, "directory", "d", _folder.Path, _folder.Path, false), (fd.Num, fd.Type, fd.TypeChar, fd.Name, fd.NameRaw, fd.NameChanged));
    }

    private long Directory() => Sys.Call(OpenAt, Sys.AtFdCwd, _folder.Path, OpenDirectory, 0);
}
