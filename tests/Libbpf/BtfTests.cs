namespace Syscribe.Libbpf.Tests;

/// <summary>The layouts that bpf/event.h promises, as the compiler laid them out in the object.</summary>
public sealed class BtfTests
{
    private static readonly string ObjectPath = Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o");

    [Theory]
    [InlineData("event", 104, "ktime_ns 0, kind 8, flags 10, nr 12, ret 16, args 24, start_ns 72, tid 80, tgid 84, ptgid 88, euid 92, egid 96, cpu 100")]
    [InlineData("block", 8, "kind 0, index 1, size 2, pad 4")]
    [InlineData("block_socket", 64, "family 0, type 2, protocol 4, state 6, local 8, remote 24, local_port 40, remote_port 42, pad 44, local_id 48, remote_id 56")]
    [InlineData("block_file", 24, "ino 0, dev 8, mode 12, open_flags 16, flags 20")]
    [InlineData("block_cred", 64, "uid 0, euid 4, suid 8, fsuid 12, gid 16, egid 20, sgid 24, fsgid 28, cap_permitted 32, cap_effective 40, cap_inheritable 48, login_uid 56, pad 60")]
    [InlineData("block_exec", 32, "ino 0, ctime_ns 8, mtime_ns 16, flags 24, pad 28")]
    [InlineData("block_proc", 40, "vpid 0, vtid 4, sid 8, pgid 12, tty 16, pidns 20, pidns_start_ns 24, start_ns 32")]
    [InlineData("block_fork", 16, "tid 0, tgid 4, clone_flags 8")]
    [InlineData("settings", 8, "data_bytes 0, capturing 4")]
    [InlineData("syscall_desc", 8, "args 0, flags 6, pad 7")]
    [InlineData("counters", 56, "seen 0, submitted 8, filtered 16, dropped_full 24, dropped_size 32, dropped_scratch 40, read_faults 48")]
    public void A_structure_of_the_contract_has_its_promised_layout(string name, int bytes, string members)
    {
        using var bpf = BpfObject.Open(ObjectPath);

        var layout = bpf.Types().FindStruct(name);

        Assert.NotNull(layout);
        Assert.Equal(bytes, layout.Bytes);
        Assert.Equal(members, string.Join(", ", layout.Offsets.Select(member => $"{member.Key} {member.Value}")));
    }

    [Fact]
    public void A_structure_that_is_not_there_is_null()
    {
        using var bpf = BpfObject.Open(ObjectPath);

        Assert.Null(bpf.Types().FindStruct("event_that_is_not"));
    }

    [Fact]
    public void The_kernel_has_the_tracepoints_by_name_and_not_made_up_ones()
    {
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "This kernel has no BTF (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF.");
        using var kernel = Btf.OfKernel();

        Assert.True(kernel.HasTypedef("btf_trace_sys_exit"));
        Assert.False(kernel.HasTypedef("btf_trace_sys_exit_of_syscribe"));
        Assert.True(kernel.FindStruct("task_struct")!.Offsets["pid"] > 0);
    }
}
