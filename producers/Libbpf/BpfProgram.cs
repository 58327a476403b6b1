namespace Syscribe.Libbpf;

/// <summary>A program of a <see cref="BpfObject"/>; lives as long as that.</summary>
public sealed unsafe class BpfProgram
{
    private readonly BpfObject.Handle _object;
    private readonly nint _pointer;

    internal BpfProgram(BpfObject.Handle owner, nint pointer)
    {
        _object = owner;
        _pointer = pointer;
        Name = BpfObject.Text(NativeMethods.ProgramName(pointer));
        Section = BpfObject.Text(NativeMethods.ProgramSection(pointer));
    }

    /// <summary>The C function's name.</summary>
    public string Name { get; }

    /// <summary>What it attaches to, such as <c>tp_btf/sys_exit</c>.</summary>
    public string Section { get; }

    /// <summary>Whether <see cref="BpfObject.Load"/> loads it. Default true.</summary>
    public bool Autoload { get; private set; } = true;

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_object.IsClosed, this);
            return _pointer;
        }
    }

    /// <summary>Leaves the program out of <see cref="BpfObject.Load"/>, or takes it in again.</summary>
    /// <exception cref="BpfException">The object is loaded already (EINVAL).</exception>
    public void SetAutoload(bool load)
    {
        BpfException.Check(NativeMethods.ProgramSetAutoload(Pointer, load), $"Turning loading of BPF program {Name} {(load ? "on" : "off")}");
        Autoload = load;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Section})";
}
