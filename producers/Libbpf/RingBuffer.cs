using System.Runtime.InteropServices;

namespace Syscribe.Libbpf;

/// <summary>
/// Reads a BPF ring buffer in place, out of the pages that the kernel shares.
/// </summary>
/// <remarks>
/// <code>
///   page 0            page 1                 page 2 ...
///   | consumer pos |  | producer pos |       | data | data again, so that no record wraps |
///   ours, writable    the kernel's           u32 length + BUSY, DISCARD bits; u32 offset; bytes; padding to 8
/// </code>
/// Source: kernel/bpf/ringbuf.c. One thread reads.
/// </remarks>
public sealed unsafe class RingBuffer : IDisposable
{
    private const int Eintr = 4;

    private readonly Mapping _consumer;
    private readonly Mapping _producer;
    private readonly FileDescriptor _epoll;
    private readonly RingReader _reader;

    private RingBuffer(Mapping consumer, Mapping producer, FileDescriptor epoll, int bytes, int pageBytes)
    {
        _consumer = consumer;
        _producer = producer;
        _epoll = epoll;
        _reader = new RingReader((ulong*)consumer.Address, (ulong*)producer.Address, (byte*)producer.Address + pageBytes, bytes);
        Bytes = bytes;
    }

    /// <summary>The buffer's size.</summary>
    public int Bytes { get; }

    /// <summary>Bytes that the kernel has written, or is writing, and that are not read yet.</summary>
    public long PendingBytes => Reader.PendingBytes;

    private RingReader Reader
    {
        get
        {
            ObjectDisposedException.ThrowIf(_consumer.IsClosed, this);
            return _reader;
        }
    }

    /// <summary>Maps the ring buffer of a loaded object.</summary>
    /// <exception cref="ArgumentException">The map is no ring buffer.</exception>
    /// <exception cref="BpfException">It cannot be mapped.</exception>
    public static RingBuffer Open(BpfMap map)
    {
        if (!map.IsRingBuffer)
        {
            throw new ArgumentException($"BPF map {map.Name} is no ring buffer.", nameof(map));
        }

        var bytes = (int)map.MaxEntries;
        var page = Environment.SystemPageSize;
        var fd = map.FileDescriptor;
        var consumer = Mapping.Of(fd, (nuint)page, NativeMethods.ProtRead | NativeMethods.ProtWrite, 0, map.Name);
        var producer = Mapping.Of(fd, (nuint)page + (2 * (nuint)bytes), NativeMethods.ProtRead, page, map.Name);
        return new RingBuffer(consumer, producer, OpenEpoll(fd, map.Name), bytes, page);
    }

    /// <summary>The next record, or false when there is none that is complete.</summary>
    /// <param name="record">Kernel memory: valid until the next <see cref="TryRead"/> or <see cref="Release"/>.</param>
    public bool TryRead(out ReadOnlySpan<byte> record) => Reader.TryRead(out record);

    /// <summary>Gives all that was read back to the kernel. <see cref="TryRead"/> does so now and then, and when it finds nothing.</summary>
    public void Release() => Reader.Release();

    /// <summary>
    /// Waits until the kernel asks for reading, or the time is over. The programs ask only when the buffer is a quarter full,
    /// so the timeout is the latency of a quiet machine: a few milliseconds.
    /// </summary>
    /// <returns>True when the kernel asked.</returns>
    /// <exception cref="BpfException">epoll_wait failed.</exception>
    public bool Wait(TimeSpan timeout)
    {
        ulong* events = stackalloc ulong[2];
        var result = NativeMethods.EpollWait(_epoll.Value, events, 1, (int)Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
        if (result < 0 && Marshal.GetLastPInvokeError() is var errno and not Eintr)
        {
            throw new BpfException("Waiting for BPF ring buffer", errno);
        }

        return result > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _epoll.Dispose();
        _consumer.Dispose();
        _producer.Dispose();
    }

    // Edge-triggered: level-triggered would answer at once whenever a record is pending, and the reader would spin over
    // small batches.
    private static FileDescriptor OpenEpoll(int fd, string name)
    {
        var epoll = NativeMethods.EpollCreate(NativeMethods.EpollCloexec);
        if (epoll < 0)
        {
            throw new BpfException($"Creating epoll for BPF ring buffer {name}", Marshal.GetLastPInvokeError());
        }

        var handle = new FileDescriptor(epoll);
        var interest = stackalloc ulong[2] { NativeMethods.EpollIn | NativeMethods.EpollEdgeTriggered, 0 };
        if (NativeMethods.EpollControl(epoll, NativeMethods.EpollCtlAdd, fd, interest) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new BpfException($"Adding BPF ring buffer {name} to epoll", errno);
        }

        return handle;
    }

    private sealed class FileDescriptor : SafeHandle
    {
        public FileDescriptor(int value)
            : base(-1, ownsHandle: true) => SetHandle(value);

        public override bool IsInvalid => handle < 0;

        public int Value
        {
            get
            {
                ObjectDisposedException.ThrowIf(IsClosed, typeof(RingBuffer));
                return (int)handle;
            }
        }

        protected override bool ReleaseHandle() => NativeMethods.Close((int)handle) == 0;
    }

    private sealed class Mapping : SafeHandle
    {
        private readonly nuint _length;

        private Mapping(nint address, nuint length)
            : base(-1, ownsHandle: true)
        {
            SetHandle(address);
            _length = length;
        }

        public override bool IsInvalid => handle == -1;

        public nint Address => handle;

        public static Mapping Of(int fd, nuint length, int protection, nint offset, string name)
        {
            var address = NativeMethods.MemoryMap(0, length, protection, NativeMethods.MapShared, fd, offset);
            return address != -1
                ? new Mapping(address, length)
                : throw new BpfException($"Mapping {length} bytes of BPF ring buffer {name}", Marshal.GetLastPInvokeError());
        }

        protected override bool ReleaseHandle() => NativeMethods.MemoryUnmap(handle, _length) == 0;
    }
}
