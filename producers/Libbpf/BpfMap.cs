using System.Runtime.CompilerServices;

namespace Syscribe.Libbpf;

/// <summary>A map of a <see cref="BpfObject"/>; lives as long as that. Lookups and updates may come from any thread.</summary>
public sealed unsafe class BpfMap
{
    // enum bpf_map_type, linux/bpf.h
    private const uint TypePerCpuHash = 5;
    private const uint TypePerCpuArray = 6;
    private const uint TypeLruPerCpuHash = 10;
    private const uint TypeRingBuffer = 27;
    private const int Enoent = 2;

    private readonly BpfObject.Handle _object;
    private readonly nint _pointer;

    internal BpfMap(BpfObject.Handle owner, nint pointer)
    {
        _object = owner;
        _pointer = pointer;
        Name = BpfObject.Text(NativeMethods.MapName(pointer));
    }

    /// <summary>The name in the C source.</summary>
    public string Name { get; }

    /// <summary>Bytes of a key.</summary>
    public int KeyBytes => (int)NativeMethods.MapKeySize(Pointer);

    /// <summary>Bytes of a value; of one CPU's where there is one per CPU.</summary>
    public int ValueBytes => (int)NativeMethods.MapValueSize(Pointer);

    /// <summary>Entries; bytes for a ring buffer.</summary>
    public uint MaxEntries => NativeMethods.MapMaxEntries(Pointer);

    /// <summary>Whether each entry has a value per CPU.</summary>
    public bool IsPerCpu => NativeMethods.MapType(Pointer) is TypePerCpuArray or TypePerCpuHash or TypeLruPerCpuHash;

    /// <summary>Whether this is a ring buffer, to be read by <see cref="RingBuffer"/>.</summary>
    public bool IsRingBuffer => NativeMethods.MapType(Pointer) == TypeRingBuffer;

    /// <summary>CPUs that a per-CPU value has room for: all that the machine could have, not only those running.</summary>
    public static int PossibleCpus => BpfException.Check(NativeMethods.PossibleCpus(), "Counting possible CPUs");

    /// <summary>The map's file descriptor.</summary>
    /// <exception cref="InvalidOperationException">The object is not loaded.</exception>
    internal int FileDescriptor
    {
        get
        {
            var fd = NativeMethods.MapFd(Pointer);
            return fd >= 0 ? fd : throw new InvalidOperationException($"BPF map {Name} is used before its object is loaded. Call BpfObject.Load first.");
        }
    }

    private nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_object.IsClosed, this);
            return _pointer;
        }
    }

    /// <summary>Changes the number of entries, or a ring buffer's bytes (a power of two of whole pages). Before load only.</summary>
    /// <exception cref="BpfException">The object is loaded already (EBUSY).</exception>
    public void SetMaxEntries(uint entries) =>
        BpfException.Check(NativeMethods.MapSetMaxEntries(Pointer, entries), $"Setting BPF map {Name} to {entries} entries");

    /// <summary>Reads an entry; false where there is none.</summary>
    /// <exception cref="ArgumentException">A type has another size than the map's, or the map is per CPU.</exception>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public bool TryLookup<TKey, TValue>(TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckTypes<TKey, TValue>(perCpu: false);
        value = default;
        return Lookup(&key, Unsafe.AsPointer(ref value));
    }

    /// <summary>Reads a per-CPU entry into <paramref name="values"/>, one per possible CPU; false where there is none.</summary>
    /// <param name="key">The entry.</param>
    /// <param name="values">At least <see cref="PossibleCpus"/> long.</param>
    /// <exception cref="ArgumentException">A size does not fit, or the map is not per CPU.</exception>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public bool TryLookupPerCpu<TKey, TValue>(TKey key, Span<TValue> values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckTypes<TKey, TValue>(perCpu: true);
        var cpus = PossibleCpus;
        if (values.Length < cpus)
        {
            throw new ArgumentException($"BPF map {Name}: room for {values.Length} values, {cpus} CPUs are possible.", nameof(values));
        }

        // The kernel gives each CPU's value a multiple of 8 bytes.
        var stride = (sizeof(TValue) + 7) & ~7;
        Span<byte> bytes = cpus * stride <= 4096 ? stackalloc byte[cpus * stride] : new byte[cpus * stride];
        fixed (byte* start = bytes)
        {
            if (!Lookup(&key, start))
            {
                return false;
            }

            for (var cpu = 0; cpu < cpus; cpu++)
            {
                values[cpu] = Unsafe.ReadUnaligned<TValue>(start + (cpu * stride));
            }
        }

        return true;
    }

    /// <summary>Writes an entry, new or not.</summary>
    /// <exception cref="ArgumentException">A type has another size than the map's, or the map is per CPU.</exception>
    /// <exception cref="BpfException">The kernel refused: full (E2BIG), key out of an array's bounds (E2BIG).</exception>
    public void Update<TKey, TValue>(TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckTypes<TKey, TValue>(perCpu: false);
        BpfException.Check(NativeMethods.MapUpdate(FileDescriptor, &key, &value, 0), $"Writing to BPF map {Name}");
    }

    /// <summary>Removes an entry; false where there was none.</summary>
    /// <exception cref="ArgumentException">The key has another size than the map's.</exception>
    /// <exception cref="BpfException">The kernel refused; array entries cannot be removed (EINVAL).</exception>
    public bool Delete<TKey>(TKey key)
        where TKey : unmanaged
    {
        CheckSize("key", sizeof(TKey), KeyBytes);
        var result = NativeMethods.MapDelete(FileDescriptor, &key);
        return result != -Enoent && BpfException.Check(result, $"Removing from BPF map {Name}") == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private bool Lookup(void* key, void* value)
    {
        var result = NativeMethods.MapLookup(FileDescriptor, key, value);
        return result != -Enoent && BpfException.Check(result, $"Reading BPF map {Name}") == 0;
    }

    private void CheckTypes<TKey, TValue>(bool perCpu)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSize("key", sizeof(TKey), KeyBytes);
        CheckSize("value", sizeof(TValue), ValueBytes);
        if (perCpu != IsPerCpu)
        {
            throw new ArgumentException($"BPF map {Name} has {(IsPerCpu ? "a value per CPU: use TryLookupPerCpu" : "one value per entry: use TryLookup")}.");
        }
    }

    private void CheckSize(string what, int actual, int expected)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"BPF map {Name}: the {what} has {actual} bytes, {expected} are needed.");
        }
    }
}
