namespace Syscribe.Libbpf;

/// <summary>The arithmetic of a BPF ring buffer, over memory that somebody else maps.</summary>
/// <remarks>
/// Positions count bytes since the start and never wrap. Invariant: released &lt;= read &lt;= produced &lt;= released + size.
/// </remarks>
internal sealed unsafe class RingReader
{
    public const uint BusyBit = 1u << 31;
    public const uint DiscardBit = 1u << 30;
    public const int HeaderBytes = 8;

    // Giving memory back to the kernel per record would move a cache line between CPUs each time.
    private const int ReleaseFraction = 16;

    private readonly ulong* _consumerPosition;
    private readonly ulong* _producerPosition;
    private readonly byte* _data;
    private readonly ulong _mask;
    private readonly ulong _releaseBytes;
    private ulong _read;
    private ulong _released;
    private ulong _produced; // as last seen: looking again costs a cache line that the kernel writes

    /// <param name="consumerPosition">Ours to write.</param>
    /// <param name="producerPosition">The kernel's.</param>
    /// <param name="data">The ring, twice in a row.</param>
    /// <param name="bytes">The ring's size, a power of two.</param>
    public RingReader(ulong* consumerPosition, ulong* producerPosition, byte* data, int bytes)
    {
        _consumerPosition = consumerPosition;
        _producerPosition = producerPosition;
        _data = data;
        _mask = (ulong)bytes - 1;
        _releaseBytes = (ulong)bytes / ReleaseFraction;
        _read = _released = *consumerPosition;
    }

    public long PendingBytes => (long)(Volatile.Read(ref *_producerPosition) - _read);

    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        if (_read - _released >= _releaseBytes)
        {
            Release();
        }

        while (_read < _produced || _read < (_produced = Volatile.Read(ref *_producerPosition)))
        {
            // The kernel clears BUSY last: what is read after this is complete.
            var at = _data + (_read & _mask);
            var header = Volatile.Read(ref *(uint*)at);
            if ((header & BusyBit) != 0)
            {
                break;
            }

            var length = header & ~DiscardBit;
            _read += (length + HeaderBytes + 7) & ~7UL;
            if ((header & DiscardBit) == 0)
            {
                record = new ReadOnlySpan<byte>(at + HeaderBytes, (int)length);
                return true;
            }
        }

        Release();
        record = default;
        return false;
    }

    public void Release()
    {
        if (_released != _read)
        {
            _released = _read;
            Volatile.Write(ref *_consumerPosition, _read);
        }
    }
}
