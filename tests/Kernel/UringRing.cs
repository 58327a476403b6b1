using System.Runtime.InteropServices;

namespace Syscribe.Kernel.Tests;

/// <summary>A ring of one entry, enough to submit an operation and wait for its result (io_uring(7)).</summary>
internal sealed unsafe class UringRing : IDisposable
{
    private const int Setup = 425;
    private const int Enter = 426;
    private const int MemoryMap = 9;
    private const int MemoryUnmap = 11;
    private const int Close = 3;
    private const int PageBytes = 4096;
    private const int EntriesOffset = 0x10000000;
    private const int OpenAtCode = 18;
    private const int UnlinkAtCode = 36;

    private readonly uint[] _parameters = new uint[30];
    private readonly long _fd;
    private readonly byte* _rings;
    private readonly byte* _entries;

    public UringRing()
    {
        _fd = Sys.Call(Setup, 1, _parameters);
        Assert.SkipUnless(_fd >= 0, $"io_uring_setup: {_fd}");
        _rings = Map(0);
        _entries = Map(EntriesOffset);
    }

    public int OpenAt(string path) => Run(OpenAtCode, path);

    public int UnlinkAt(string path) => Run(UnlinkAtCode, path);

    public void Dispose()
    {
        Sys.Call(MemoryUnmap, (nint)_rings, PageBytes);
        Sys.Call(MemoryUnmap, (nint)_entries, PageBytes);
        Sys.Call(Close, _fd);
    }

    private byte* Map(int offset)
    {
        const int ReadWrite = 3;
        const int SharedPopulate = 0x8001;
        var address = Sys.Call(MemoryMap, 0, PageBytes, ReadWrite, SharedPopulate, _fd, offset);
        Assert.True(address > 0 || address < -4095, $"mmap of io_uring: {address}");
        return (byte*)address;
    }

    // struct io_uring_params: sq_off at word 10 (head, tail, mask, entries, flags, dropped, array), cq_off at word 20.
    private int Run(byte operation, string path)
    {
        var text = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            var entry = new Span<byte>(_entries, 64);
            entry.Clear();
            entry[0] = operation;
            MemoryMarshal.Write(entry[4..], Sys.AtFdCwd);
            MemoryMarshal.Write(entry[16..], (ulong)text);
            var tail = (uint*)(_rings + _parameters[11]);
            *(uint*)(_rings + _parameters[16]) = 0;
            Volatile.Write(ref *tail, *tail + 1);
            const int GetEvents = 1;
            Assert.Equal(1, Sys.Call(Enter, _fd, 1, 1, GetEvents, null, 0));
            var head = (uint*)(_rings + _parameters[20]);
            var mask = *(uint*)(_rings + _parameters[22]);
            var completion = _rings + _parameters[25] + ((*head & mask) * 16);
            var result = *(int*)(completion + 8);
            Volatile.Write(ref *head, *head + 1);
            return result;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)text);
        }
    }
}
