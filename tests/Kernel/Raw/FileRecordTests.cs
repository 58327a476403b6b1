using System.Globalization;
using System.Runtime.InteropServices;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>Header, texts and files of system calls that this thread makes.</summary>
[Collection(KernelCollection.Name)]
public sealed class FileRecordTests : IDisposable
{
    private const int ReadWriteCreateExclusive = 0x2 | 0x40 | 0x80;

    private readonly string _folder = Directory.CreateTempSubdirectory("syscribe-files-").FullName;

    [Fact]
    public void A_call_without_texts_is_a_header_and_nothing_else()
    {
        using var capture = RawCapture.Start();

        Native.Call(Native.Close, -1, unchecked((nint)0x1234_5678_9abc), 3, 4, 5, 6);

        var record = capture.Next(Mine(Native.Close, first: -1));
        Assert.Equal(RawRecord.HeaderBytes, record.Bytes);
        Assert.Equal(-9, record.Return); // EBADF
        Assert.Equal([-1, 0x1234_5678_9abc, 3, 4, 5, 6], record.Args);
    }

    [Fact]
    public void The_header_says_who_and_when()
    {
        using var capture = RawCapture.Start();

        var before = Boottime();
        Native.Call(Native.Close, -1);
        var after = Boottime();

        var record = capture.Next(Mine(Native.Close, first: -1));
        Assert.InRange(record.KtimeNs / 1e9, before - 0.02, after + 0.02);
        Assert.Equal(RawRecord.Syscall, record.Kind);
        Assert.Equal(Environment.ProcessId, record.Tgid);
        Assert.Equal(Native.Tid == Environment.ProcessId ? RawRecord.Leader : 0, record.Flags);
        Assert.Equal(ParentId(), record.ParentTgid);
        Assert.Equal((0u, 0u), (record.Euid, record.Egid));
        Assert.Equal(StartTicks(), record.StartNs / 10_000_000); // USER_HZ is 100
    }

    [Fact]
    public void A_number_that_no_table_has_still_arrives()
    {
        using var capture = RawCapture.Start();

        Native.Call(499, 1, 2);
        Native.Call(100_000, 3);

        Assert.Equal([1, 2, 0], capture.Next(Mine(499, first: 1)).Args[..3]);
        Assert.Equal(-38, capture.Next(Mine(100_000, first: 3)).Return); // ENOSYS
    }

    [Fact]
    public void An_opened_file_comes_with_its_path_inode_device_mode_and_whether_it_was_made()
    {
        using var capture = RawCapture.Start(prepare: DescribeOpen);
        var path = Path.Combine(_folder, "made");

        var made = OpenAt(path, ReadWriteCreateExclusive, 0b110_100_000);
        var opened = OpenAt(path, 0, 0);

        var record = capture.Next(Mine(Native.OpenAt, result: made));
        Assert.Equal(path, record.Text(Block.String, 1));
        Assert.Equal([Native.AtFdCwd, ReadWriteCreateExclusive, 0b110_100_000], [record.Args[0], record.Args[2], record.Args[3]]);
        Assert.Equal(
            Native.Stat("%i %d %f", path),
            string.Create(CultureInfo.InvariantCulture, $"{record.Int64(Block.File, 0)} {record.Int32(Block.File, 8)} {record.Int32(Block.File, 12):x}"));
        Assert.Equal(0x8002, record.Int32(Block.File, 16)); // O_LARGEFILE, O_RDWR
        Assert.Equal(4, record.Int32(Block.File, 20)); // FILE_CREATED
        Assert.Equal(0, capture.Next(Mine(Native.OpenAt, result: opened)).Int32(Block.File, 20));
    }

    [Fact]
    public void A_failed_open_comes_with_its_path_and_without_a_file()
    {
        using var capture = RawCapture.Start(prepare: DescribeOpen);
        var path = Path.Combine(_folder, "absent");

        OpenAt(path, 0, 0);

        var record = capture.Next(Mine(Native.OpenAt, result: -2)); // ENOENT
        Assert.Equal(path, record.Text(Block.String, 1));
        Assert.False(record.Has(Block.File));
    }

    [Fact]
    public void A_path_that_cannot_be_read_is_flagged_and_counted_and_the_event_arrives()
    {
        using var capture = RawCapture.Start(prepare: DescribeOpen);

        Native.Call(Native.OpenAt, Native.AtFdCwd, 1, 0, 0);

        var record = capture.Next(Mine(Native.OpenAt, result: -14)); // EFAULT
        Assert.Equal(RawRecord.Fault, record.Flags & RawRecord.Fault);
        Assert.False(record.Has(Block.String, 1));
        Assert.True(capture.Counters().ReadFaults >= 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(4094)]
    [InlineData(4095)]
    public void A_path_of_any_length_arrives_whole_and_padded(int length)
    {
        using var capture = RawCapture.Start(prepare: DescribeOpen);
        var path = new string('x', length);

        OpenAt(path, 0, 0);

        var record = capture.Next(record => Mine(Native.OpenAt)(record) && record.Has(Block.String, 1) && record.Text(Block.String, 1).StartsWith('x'));
        Assert.Equal(path, record.Text(Block.String, 1));
        Assert.Equal(length == 4095 ? RawRecord.Cut : 0, record.Flags & RawRecord.Cut); // may have been longer
    }

    [Fact]
    public void Openat2_comes_with_its_open_how()
    {
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Describe(bpf, Native.OpenAt2, 1, RawCapture.ArgString));
        var path = Marshal.StringToCoTaskMemUTF8("/etc/passwd");
        var how = Marshal.AllocCoTaskMem(24);
        Marshal.Copy([0L, 0L, 4L], 0, how, 3); // RESOLVE_NO_SYMLINKS

        var fd = Native.Call(Native.OpenAt2, Native.AtFdCwd, path, how, 24);
        Native.Call(Native.Close, (nint)fd);

        var record = capture.Next(Mine(Native.OpenAt2));
        Assert.Equal(fd, record.Return);
        Assert.Equal("/etc/passwd", record.Text(Block.String, 1));
        Assert.Equal(4, BitConverter.ToInt64(record.Data(Block.How, 2), 16));
        Assert.True(record.Has(Block.File));
        Marshal.FreeCoTaskMem(path);
        Marshal.FreeCoTaskMem(how);
    }

    [Fact]
    public void Written_bytes_are_cut_at_the_length_in_the_settings()
    {
        using var capture = RawCapture.Start(prepare: bpf => RawCapture.Set(bpf, capturing: true, dataBytes: 10));
        var path = Path.Combine(_folder, "data");
        var fd = OpenAt(path, ReadWriteCreateExclusive, 0x1a0);
        var text = Marshal.StringToCoTaskMemUTF8("0123456789abcdef");

        Native.Call(Native.Write, (nint)fd, text, 4);
        Native.Call(Native.Write, (nint)fd, text, 16);
        Native.Call(Native.Write, -1, text, 16);

        Assert.Equal("0123", capture.Next(Mine(Native.Write, result: 4)).Text(Block.Data));
        Assert.Equal("0123456789", capture.Next(Mine(Native.Write, result: 16)).Text(Block.Data));
        Assert.Equal("0123456789", capture.Next(Mine(Native.Write, result: -9)).Text(Block.Data)); // what it tried to write
        Marshal.FreeCoTaskMem(text);
    }

    [Fact]
    public void A_working_directory_below_a_mount_point_has_its_path_across_it()
    {
        RawCapture.SkipWhereNotAllowed();
        var mounted = Native.Run("/usr/bin/mount", "-t", "tmpfs", "tmpfs", _folder);
        Assert.SkipUnless(mounted.Code == 0, $"Mounting a tmpfs: {mounted.Output}");
        try
        {
            var below = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
            using var capture = RawCapture.Start();

            var (id, _, _) = Native.Run("/bin/sh", "-c", $"cd {below}; cd ..; cd /");

            Assert.Equal(below, capture.Next(Chdir(id)).Text(Block.Cwd));
            Assert.Equal(Path.Combine(_folder, "a"), capture.Next(Chdir(id)).Text(Block.Cwd));
            Assert.Equal("/", capture.Next(Chdir(id)).Text(Block.Cwd));
        }
        finally
        {
            Native.Run("/usr/bin/umount", _folder);
        }
    }

    [Fact]
    public void A_path_of_more_than_64_components_keeps_its_end_and_is_flagged()
    {
        using var capture = RawCapture.Start();
        var deep = string.Concat(Enumerable.Range(0, 80).Select(i => $"/{i}"));
        Directory.CreateDirectory(_folder + deep);

        var (id, _, _) = Native.Run("/bin/sh", "-c", $"cd {_folder}{deep}");

        var record = capture.Next(Chdir(id));
        Assert.EndsWith(record.Text(Block.Cwd), deep, StringComparison.Ordinal);
        Assert.StartsWith("/16/17/", record.Text(Block.Cwd), StringComparison.Ordinal);
        Assert.Equal(RawRecord.Cut, record.Flags & RawRecord.Cut);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Func<RawRecord, bool> Chdir(int id) =>
        record => record.Tgid == id && record.Number == Native.Chdir && record.Kind == RawRecord.Syscall;

    private static void DescribeOpen(Syscribe.Libbpf.BpfObject bpf) => RawCapture.Describe(bpf, Native.OpenAt, 1, RawCapture.ArgString);

    private static Func<RawRecord, bool> Mine(int number, long? first = null, long? result = null)
    {
        var tid = Native.Tid;
        return record => record.Tid == tid && record.Number == number && record.Kind == RawRecord.Syscall
            && (first is null || record.Args[0] == first) && (result is null || record.Return == result);
    }

    private static long OpenAt(string path, int flags, int mode)
    {
        var text = Marshal.StringToCoTaskMemUTF8(path);
        var result = Native.Call(Native.OpenAt, Native.AtFdCwd, text, flags, mode);
        Marshal.FreeCoTaskMem(text);
        return result;
    }

    private static double Boottime() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private static int ParentId() => int.Parse(StatusField("PPid:"), CultureInfo.InvariantCulture);

    private static string StatusField(string name) =>
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    // proc(5): field 22; the name in field 2 may hold blanks
    private static ulong StartTicks()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
    }
}
