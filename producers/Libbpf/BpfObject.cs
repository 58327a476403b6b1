using System.Runtime.InteropServices;
using System.Text;

namespace Syscribe.Libbpf;

/// <summary>
/// A BPF object file: opened, adjusted, loaded into the kernel, attached. Maps are there after <see cref="Load"/>: write
/// settings into them before <see cref="Attach"/>, or the first events are judged by defaults.
/// </summary>
/// <remarks>Not thread-safe. Disposing detaches every link made here and unloads the programs.</remarks>
public sealed unsafe class BpfObject : IDisposable
{
    private const string TracepointSection = "tp_btf/";

    private readonly Handle _handle;
    private readonly List<BpfLink> _links = [];

    private BpfObject(string name, Handle handle)
    {
        Name = name;
        _handle = handle;
        Programs = ListPrograms();
        Maps = ListMaps();
    }

    /// <summary>The name given to <see cref="Open(ReadOnlySpan{byte}, string)"/>, or the file's.</summary>
    public string Name { get; }

    /// <summary>The programs, in the order of the file.</summary>
    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <summary>The maps, the compiler's own (<c>.rodata</c>) among them.</summary>
    public IReadOnlyList<BpfMap> Maps { get; }

    /// <summary>Whether <see cref="Load"/> succeeded.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>libbpf's version, such as <c>v1.1</c>.</summary>
    public static string LibraryVersion => Text(NativeMethods.VersionString());

    /// <summary>Opens an object file. Nothing reaches the kernel yet.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="BpfException">It is not a BPF object.</exception>
    /// <exception cref="DllNotFoundException">libbpf is not installed.</exception>
    public static BpfObject Open(string path) => Open(File.ReadAllBytes(path), Path.GetFileNameWithoutExtension(path));

    /// <inheritdoc cref="Open(string)"/>
    /// <param name="bytes">The file's content; not used after the call.</param>
    /// <param name="name">For messages, and for the kernel's names of the compiler's own maps.</param>
    public static BpfObject Open(ReadOnlySpan<byte> bytes, string name)
    {
        BpfLog.Install();
        BpfLog.Clear();
        var nameBytes = Encoding.UTF8.GetBytes(name + "\0");
        fixed (byte* start = bytes, nameStart = nameBytes)
        {
            var options = new NativeMethods.ObjectOpenOptions
            {
                Size = (nuint)sizeof(NativeMethods.ObjectOpenOptions),
                ObjectName = nameStart,
            };
            var handle = NativeMethods.ObjectOpenMemory(start, (nuint)bytes.Length, &options);
            return new BpfObject(name, new Handle(BpfException.Check(handle, $"Opening BPF object {name} ({bytes.Length} bytes)")));
        }
    }

    /// <summary>A map by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that are.</exception>
    public BpfMap Map(string name) => Maps.FirstOrDefault(map => map.Name == name)
        ?? throw new ArgumentException($"BPF object {Name} has no map '{name}'. It has {string.Join(", ", Maps.Select(map => map.Name))}.", nameof(name));

    /// <summary>A program by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that are.</exception>
    public BpfProgram Program(string name) => Programs.FirstOrDefault(program => program.Name == name)
        ?? throw new ArgumentException(
            $"BPF object {Name} has no program '{name}'. It has {string.Join(", ", Programs.Select(program => program.Name))}.", nameof(name));

    /// <summary>
    /// Turns off each program on a BTF tracepoint that the running kernel lacks, so that the others load. Call before <see cref="Load"/>.
    /// </summary>
    /// <returns>The programs turned off.</returns>
    /// <exception cref="BpfException">The kernel has no BTF.</exception>
    public IReadOnlyList<BpfProgram> SkipMissingTracepoints()
    {
        using var kernel = Btf.OfKernel();
        var missing = new List<BpfProgram>();
        foreach (var program in Programs)
        {
            if (program.Section.StartsWith(TracepointSection, StringComparison.Ordinal)
                && !kernel.HasTypedef("btf_trace_" + program.Section[TracepointSection.Length..]))
            {
                program.SetAutoload(false);
                missing.Add(program);
            }
        }

        return missing;
    }

    /// <summary>Creates the maps, relocates the programs to the running kernel and has them verified.</summary>
    /// <exception cref="BpfException">The kernel refused; the message ends with the verifier's last lines.</exception>
    /// <exception cref="InvalidOperationException">It is loaded already.</exception>
    public void Load()
    {
        if (IsLoaded)
        {
            throw new InvalidOperationException($"BPF object {Name} is loaded already. Open it again for a second copy.");
        }

        BpfLog.Clear();
        BpfException.Check(NativeMethods.ObjectLoad(_handle), $"Loading BPF object {Name}");
        IsLoaded = true;
    }

    /// <summary>Attaches one program where its section says.</summary>
    /// <returns>The link; disposed with this object at the latest.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public BpfLink Attach(BpfProgram program)
    {
        BpfLog.Clear();
        var link = NativeMethods.ProgramAttach(program.Pointer);
        var attached = new BpfLink(program.Name, BpfException.Check(link, $"Attaching BPF program {program.Name} ({program.Section})"));
        _links.Add(attached);
        return attached;
    }

    /// <summary>Attaches every program that <see cref="SkipMissingTracepoints"/> left on. All or none.</summary>
    /// <exception cref="BpfException">The kernel refused one; those attached before it are detached again.</exception>
    public IReadOnlyList<BpfLink> AttachAll()
    {
        var links = new List<BpfLink>();
        try
        {
            foreach (var program in Programs.Where(program => program.Autoload))
            {
                links.Add(Attach(program));
            }
        }
        catch (BpfException)
        {
            links.ForEach(link => link.Dispose());
            throw;
        }

        return links;
    }

    /// <summary>The type information that the compiler put into the object. Valid until this object is disposed.</summary>
    /// <exception cref="BpfException">The object has none.</exception>
    public Btf Types() => Btf.Borrow(BpfException.Check(NativeMethods.ObjectBtf(_handle), $"Reading BTF of BPF object {Name}"));

    /// <inheritdoc/>
    public void Dispose()
    {
        _links.ForEach(link => link.Dispose());
        _links.Clear();
        _handle.Dispose();
    }

    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private List<BpfProgram> ListPrograms()
    {
        var list = new List<BpfProgram>();
        for (var next = NativeMethods.ObjectNextProgram(_handle, 0); next != 0; next = NativeMethods.ObjectNextProgram(_handle, next))
        {
            list.Add(new BpfProgram(_handle, next));
        }

        return list;
    }

    private List<BpfMap> ListMaps()
    {
        var list = new List<BpfMap>();
        for (var next = NativeMethods.ObjectNextMap(_handle, 0); next != 0; next = NativeMethods.ObjectNextMap(_handle, next))
        {
            list.Add(new BpfMap(_handle, next));
        }

        return list;
    }

    internal sealed class Handle : SafeHandle
    {
        public Handle(nint value)
            : base(0, ownsHandle: true) => SetHandle(value);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMethods.ObjectClose(handle);
            return true;
        }
    }
}
