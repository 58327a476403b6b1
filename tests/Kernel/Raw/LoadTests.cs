namespace Syscribe.Kernel.Tests.Raw;

[Collection(KernelCollection.Name)]
public sealed class LoadTests
{
    [Fact]
    public void Every_program_passes_the_verifier_and_attaches()
    {
        using var bpf = RawCapture.Open();
        bpf.Load();

        var links = bpf.AttachAll();

        Assert.Equal(bpf.Programs.Where(program => program.Autoload).Select(program => program.Name), links.Select(link => link.Program));
        Assert.Contains("sys_exit", links.Select(link => link.Program));
    }

    // The test above once more, in a process that has given up every other capability.
    [Fact]
    public void Two_capabilities_are_enough_and_one_is_told_to_be_missing()
    {
        RawCapture.SkipWhereNotAllowed();
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "Dropping capabilities needs setpriv. Debian: apt-get install util-linux");
        var program = Path.Combine(AppContext.BaseDirectory, "Syscribe.Kernel.Tests");
        var method = $"{typeof(LoadTests).FullName}.{nameof(Every_program_passes_the_verifier_and_attaches)}";

        var both = Native.Run("/usr/bin/setpriv", "--bounding-set=-all,+bpf,+perfmon", "--inh-caps=-all", program, "-method", method);
        var one = Native.Run("/usr/bin/setpriv", "--bounding-set=-all,+bpf", "--inh-caps=-all", program, "-method", method);

        Assert.True(both.Code == 0, both.Output);
        Assert.Contains("Total: 1", both.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, one.Code);
        Assert.Contains("CAP_BPF and CAP_PERFMON, or root, are needed", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Loading_twice_is_refused()
    {
        using var bpf = RawCapture.Open();
        bpf.Load();

        Assert.Throws<InvalidOperationException>(bpf.Load);
    }

    [Fact]
    public void Ring_sizes_that_the_kernel_refuses_are_told_with_what_libbpf_said()
    {
        using var bpf = RawCapture.Open();
        bpf.Map("ignored_tgids").SetMaxEntries(0);

        var error = Assert.Throws<Syscribe.Libbpf.BpfException>(bpf.Load);

        Assert.Equal(22, error.Errno);
        Assert.Contains("ignored_tgids", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_captures_run_side_by_side()
    {
        using var first = RawCapture.Start();
        using var second = RawCapture.Start();

        Native.Call(Native.Close, -1);

        var tid = Native.Tid;
        Assert.Equal(-9, first.Next(record => record.Tid == tid && record.Number == Native.Close && record.Args[0] == -1).Return);
        Assert.Equal(-9, second.Next(record => record.Tid == tid && record.Number == Native.Close && record.Args[0] == -1).Return);
    }
}

/// <summary>Tests that watch the whole machine run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelCollection
{
    public const string Name = "kernel";
}
