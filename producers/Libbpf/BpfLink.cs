using System.Runtime.InteropServices;

namespace Syscribe.Libbpf;

/// <summary>An attached program. Disposing detaches it.</summary>
public sealed class BpfLink : IDisposable
{
    private readonly Handle _handle;

    internal BpfLink(string program, nint pointer)
    {
        Program = program;
        _handle = new Handle(pointer);
    }

    /// <summary>The program's name.</summary>
    public string Program { get; }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private sealed class Handle : SafeHandle
    {
        public Handle(nint value)
            : base(0, ownsHandle: true) => SetHandle(value);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => NativeMethods.LinkDestroy(handle) == 0;
    }
}
