using System.Runtime.InteropServices;

namespace Syscribe.Libbpf;

/// <summary>libbpf 1.x and the few calls of libc around it.</summary>
/// <remarks>
/// <see href="https://libbpf.readthedocs.io/en/latest/api.html"/>; bpf/libbpf.h, bpf/bpf.h, bpf/btf.h. Functions answer with
/// -errno, or with null and errno.
/// </remarks>
internal static unsafe partial class NativeMethods
{
    public const string Libbpf = "libbpf";
    private const string Libc = "libc";

    // mmap(2), epoll_ctl(2)
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int MapShared = 1;
    public const int EpollCtlAdd = 1;
    public const int EpollCloexec = 0x80000;
    public const uint EpollIn = 1;
    public const uint EpollEdgeTriggered = 1u << 31;

    // btf.h, linux/btf.h
    public const uint BtfKindStruct = 4;
    public const uint BtfKindTypedef = 8;

    private static readonly string[] LibraryNames = ["libbpf.so.1", "libbpf.so"];

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, Resolve);

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Libbpf)
        {
            return 0;
        }

        var library = LoadFirst(LibraryNames);
        KeepMemlockLimit(library);
        return library;
    }

    // int libbpf_set_memlock_rlim(size_t): 0 keeps libbpf from raising RLIMIT_MEMLOCK, which root in a container may not. Only
    // kernels before 5.11 need it raised at all. bpf.h declares it, but libraries before 1.2 do not export it.
    private static void KeepMemlockLimit(nint library)
    {
        if (NativeLibrary.TryGetExport(library, "libbpf_set_memlock_rlim", out var function))
        {
            _ = ((delegate* unmanaged<nuint, int>)function)(0);
        }
    }

    /// <summary>The first of <paramref name="names"/> that loads.</summary>
    /// <exception cref="DllNotFoundException">None does.</exception>
    internal static nint LoadFirst(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException(
            $"Loading libbpf failed: none of {string.Join(", ", names.ToArray())} is on this machine. Version 1.0 or newer is needed; "
            + "Debian: apt-get install libbpf1.");
    }

    // ---- objects

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint ObjectOpenMemory(void* bytes, nuint length, ObjectOpenOptions* options);

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__load")]
    public static partial int ObjectLoad(BpfObject.Handle value);

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__close")]
    public static partial void ObjectClose(nint value);

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__next_program")]
    public static partial nint ObjectNextProgram(BpfObject.Handle value, nint previous);

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__next_map")]
    public static partial nint ObjectNextMap(BpfObject.Handle value, nint previous);

    [LibraryImport(Libbpf, EntryPoint = "bpf_object__btf")]
    public static partial nint ObjectBtf(BpfObject.Handle value);

    [LibraryImport(Libbpf, EntryPoint = "libbpf_set_print")]
    public static partial nint SetPrint(delegate* unmanaged<int, byte*, nint, int> callback);

    [LibraryImport(Libbpf, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleCpus();

    [LibraryImport(Libbpf, EntryPoint = "libbpf_version_string")]
    public static partial byte* VersionString();

    // ---- programs and links

    [LibraryImport(Libbpf, EntryPoint = "bpf_program__name")]
    public static partial byte* ProgramName(nint program);

    [LibraryImport(Libbpf, EntryPoint = "bpf_program__section_name")]
    public static partial byte* ProgramSection(nint program);

    [LibraryImport(Libbpf, EntryPoint = "bpf_program__set_autoload")]
    public static partial int ProgramSetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Libbpf, EntryPoint = "bpf_program__attach", SetLastError = true)]
    public static partial nint ProgramAttach(nint program);

    [LibraryImport(Libbpf, EntryPoint = "bpf_link__destroy")]
    public static partial int LinkDestroy(nint link);

    // ---- maps

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__name")]
    public static partial byte* MapName(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__fd")]
    public static partial int MapFd(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__type")]
    public static partial uint MapType(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__key_size")]
    public static partial uint MapKeySize(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__value_size")]
    public static partial uint MapValueSize(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__max_entries")]
    public static partial uint MapMaxEntries(nint map);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int MapSetMaxEntries(nint map, uint entries);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map_lookup_elem")]
    public static partial int MapLookup(int fd, void* key, void* value);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map_update_elem")]
    public static partial int MapUpdate(int fd, void* key, void* value, ulong flags);

    [LibraryImport(Libbpf, EntryPoint = "bpf_map_delete_elem")]
    public static partial int MapDelete(int fd, void* key);

    // ---- BTF

    [LibraryImport(Libbpf, EntryPoint = "btf__load_vmlinux_btf", SetLastError = true)]
    public static partial nint BtfLoadKernel();

    [LibraryImport(Libbpf, EntryPoint = "btf__free")]
    public static partial void BtfFree(nint btf);

    [LibraryImport(Libbpf, EntryPoint = "btf__find_by_name_kind", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BtfFind(nint btf, string name, uint kind);

    [LibraryImport(Libbpf, EntryPoint = "btf__type_by_id")]
    public static partial uint* BtfType(nint btf, uint id);

    [LibraryImport(Libbpf, EntryPoint = "btf__name_by_offset")]
    public static partial byte* BtfName(nint btf, uint offset);

    // ---- libc

    [LibraryImport(Libc, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Libc, EntryPoint = "munmap", SetLastError = true)]
    public static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport(Libc, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    // struct epoll_event begins with the events everywhere; its data, unused here, is packed on x86-64 only.
    [LibraryImport(Libc, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, ulong* epollEvent);

    [LibraryImport(Libc, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, ulong* events, int count, int timeoutMs);

    [LibraryImport(Libc, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    // va_list is passed by reference on x86-64 and arm64 alike.
    [LibraryImport(Libc, EntryPoint = "vsnprintf")]
    public static partial int Format(byte* buffer, nuint size, byte* format, nint arguments);

    /// <summary>The leading members of <c>struct bpf_object_open_opts</c>; <c>Size</c> tells libbpf where it ends.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ObjectOpenOptions
    {
        public nuint Size;
        public byte* ObjectName;
    }
}
