using System.Reflection;
using System.Runtime.InteropServices;
using Syscribe.Capture.Records;
using Syscribe.Libbpf;

namespace Syscribe.Kernel.Tests.Raw;

/// <summary>The agent's C# structs against the structs that the compiler put into the object.</summary>
public sealed class MirrorTests
{
    private static readonly (string C, Type Mirror)[] Mirrors =
    [
        ("event", typeof(EventHeader)),
        ("block", typeof(BlockHeader)),
        ("block_socket", typeof(SocketBlock)),
        ("block_file", typeof(FileBlock)),
        ("block_cred", typeof(CredBlock)),
        ("block_exec", typeof(ExecBlock)),
        ("block_proc", typeof(ProcBlock)),
        ("block_fork", typeof(ForkBlock)),
    ];

    [Fact]
    public void Every_mirror_has_its_structs_size_and_its_members_offsets_in_order()
    {
        using var bpf = BpfObject.Open(Path.Combine(AppContext.BaseDirectory, "syscribe.bpf.o"));
        var types = bpf.Types();

        foreach (var (c, mirror) in Mirrors)
        {
            var layout = types.FindStruct(c);

            Assert.NotNull(layout);
            var offsets = mirror.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(field => (int)Marshal.OffsetOf(mirror, field.Name));
            Assert.Equal((c, layout.Bytes), (c, Marshal.SizeOf(mirror)));
            Assert.Equal(layout.Offsets.Values.Order(), offsets.Order());
        }
    }
}
