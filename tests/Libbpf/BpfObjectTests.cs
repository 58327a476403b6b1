namespace Syscribe.Libbpf.Tests;

public sealed class BpfObjectTests
{
    private static readonly string ObjectPath = Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o");

    [Fact]
    public void Bytes_that_are_no_object_are_refused_with_name_size_and_what_libbpf_said()
    {
        var error = Assert.Throws<BpfException>(() => BpfObject.Open("not an ELF file"u8, "broken"));

        Assert.True(error.Errno > 0);
        Assert.StartsWith("Opening BPF object broken (15 bytes) failed: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("libbpf:", error.Log, StringComparison.Ordinal);
        Assert.Contains(error.Log, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_object_is_refused_at_every_length_and_never_crashes()
    {
        var bytes = File.ReadAllBytes(ObjectPath);
        for (var length = 0; length < bytes.Length; length += bytes.Length / 61)
        {
            var cut = bytes[..length];
            Assert.Throws<BpfException>(() => BpfObject.Open(cut, "cut"));
        }
    }

    [Fact]
    public void A_log_belongs_to_the_call_that_failed_and_not_to_the_one_before()
    {
        Assert.Throws<BpfException>(() => BpfObject.Open("first"u8, "first"));
        var second = Assert.Throws<BpfException>(() => BpfObject.Open("second"u8, "second"));

        Assert.DoesNotContain("first", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_io_error()
    {
        Assert.Throws<FileNotFoundException>(() => BpfObject.Open(ObjectPath + ".absent"));
    }

    [Fact]
    public void A_library_that_is_not_there_is_named_with_the_package_that_has_it()
    {
        var error = Assert.Throws<DllNotFoundException>(() => NativeMethods.LoadFirst(["libsyscribe-absent.so.1", "libsyscribe-absent.so"]));

        Assert.Contains("libsyscribe-absent.so.1, libsyscribe-absent.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libbpf1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_and_maps_are_listed_without_loading()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        Assert.Equal("syscribe.bpf", bpf.Name);
        Assert.False(bpf.IsLoaded);
        Assert.Equal("tp_btf/sys_exit", bpf.Program("sys_exit").Section);
        Assert.All(
            ["sys_exit", "process_exec", "process_fork", "process_exit", "prepare_exec", "io_uring_submit"],
            name => Assert.True(bpf.Program(name).Autoload));
        Assert.True(bpf.Map("events").IsRingBuffer);
        Assert.True(bpf.Map("counters").IsPerCpu);
        Assert.Equal((4, 8, 1024u), (bpf.Map("syscalls").KeyBytes, bpf.Map("syscalls").ValueBytes, bpf.Map("syscalls").MaxEntries));
    }

    [Fact]
    public void An_unknown_map_or_program_is_refused_with_those_that_are()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        var map = Assert.Throws<ArgumentException>(() => bpf.Map("evnts"));
        Assert.Contains("no map 'evnts'", map.Message, StringComparison.Ordinal);
        Assert.Contains("events, syscalls, settings", map.Message, StringComparison.Ordinal);
        var program = Assert.Throws<ArgumentException>(() => bpf.Program("sys_entry"));
        Assert.Contains("sys_exit", program.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_are_not_the_maps_are_refused_before_the_kernel_writes_past_a_value()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        Assert.Contains(
            "the value has 4 bytes, 8 are needed",
            Assert.Throws<ArgumentException>(() => bpf.Map("syscalls").TryLookup(0u, out uint _)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "the key has 8 bytes, 4 are needed",
            Assert.Throws<ArgumentException>(() => bpf.Map("syscalls").Update(0ul, 0ul)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => bpf.Map("ignored_tgids").Delete(0ul));
        Assert.Contains(
            "no ring buffer",
            Assert.Throws<ArgumentException>(() => RingBuffer.Open(bpf.Map("settings"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_used_before_load_says_so()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        var error = Assert.Throws<InvalidOperationException>(() => bpf.Map("syscalls").TryLookup(0u, out ulong _));

        Assert.Contains("Call BpfObject.Load first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_object_gives_no_more_access()
    {
        var bpf = BpfObject.Open(ObjectPath);
        var map = bpf.Map("syscalls");
        var program = bpf.Program("sys_exit");
        bpf.Dispose();
        bpf.Dispose();

        Assert.Throws<ObjectDisposedException>(() => map.MaxEntries);
        Assert.Throws<ObjectDisposedException>(() => program.SetAutoload(false));
    }

    [Fact]
    public void The_ring_size_is_set_before_load()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        bpf.Map("events").SetMaxEntries(1 << 20);

        Assert.Equal(1u << 20, bpf.Map("events").MaxEntries);
    }
}
