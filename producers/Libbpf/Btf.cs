namespace Syscribe.Libbpf;

/// <summary>Type information, of the kernel or of an object file.</summary>
public sealed unsafe class Btf : IDisposable
{
    private readonly bool _owned;
    private nint _pointer;

    private Btf(nint pointer, bool owned)
    {
        _pointer = pointer;
        _owned = owned;
    }

    /// <summary>The running kernel's.</summary>
    /// <exception cref="BpfException">The kernel has none: it needs CONFIG_DEBUG_INFO_BTF.</exception>
    public static Btf OfKernel()
    {
        BpfLog.Install();
        BpfLog.Clear();
        return new(BpfException.Check(NativeMethods.BtfLoadKernel(), "Reading the kernel's BTF from /sys/kernel/btf/vmlinux"), owned: true);
    }

    internal static Btf Borrow(nint pointer) => new(pointer, owned: false);

    /// <summary>Whether there is a typedef of that name. Each BTF tracepoint has one, <c>btf_trace_NAME</c>.</summary>
    public bool HasTypedef(string name) => NativeMethods.BtfFind(Pointer, name, NativeMethods.BtfKindTypedef) > 0;

    /// <summary>A struct's layout; null where there is none of that name.</summary>
    public StructLayout? FindStruct(string name)
    {
        var id = NativeMethods.BtfFind(Pointer, name, NativeMethods.BtfKindStruct);
        if (id <= 0)
        {
            return null;
        }

        // struct btf_type { u32 name_off, info, size; } then, for each member, struct btf_member { u32 name_off, type, offset; }
        var type = NativeMethods.BtfType(Pointer, (uint)id);
        var count = (int)(type[1] & 0xffff);
        var members = new Dictionary<string, int>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var member = type + 3 + (i * 3);
            var bits = (int)(member[2] & 0xffffff);
            members[BpfObject.Text(NativeMethods.BtfName(Pointer, member[0]))] = bits / 8;
        }

        return new StructLayout(name, (int)type[2], members);
    }

    private nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == 0, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned && _pointer != 0)
        {
            NativeMethods.BtfFree(_pointer);
        }

        _pointer = 0;
    }

    /// <summary>A C struct: its size and its members' offsets, in bytes.</summary>
    public sealed record StructLayout(string Name, int Bytes, IReadOnlyDictionary<string, int> Offsets);
}
