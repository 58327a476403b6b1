using System.Runtime.InteropServices;

namespace Syscribe.Events;

/// <summary>
/// Reads events from Avro binary of <c>syscall-event.avsc</c> without copying: texts are slices of the payload, and the
/// process, which is the same for many events, comes decoded from a cache keyed by its bytes.
/// </summary>
/// <remarks>
/// Whatever the bytes, it reads nothing outside the slice given, allocates in proportion to it at most, and ends: wrong
/// bytes are an <see cref="AvroFormatException"/>. Texts are not checked to be UTF-8; their bytes are kept as they are.
/// Arrays and maps may come in any number of blocks, with or without sizes. Not thread safe: one for each thread.
/// </remarks>
public sealed class SyscallEventDecoder
{
    /// <summary>Processes kept decoded.</summary>
    public const int DefaultCacheProcesses = 8192;

    /// <summary>Encoded bytes of the processes kept; what is decoded takes about as much again.</summary>
    public const long DefaultCacheBytes = 16L << 20;

    private const int ParamLeastBytes = 4;
    private const int AbiSymbols = 4;
    private const int RoleSymbols = 4;

    private readonly ProcessCache _cache;

    /// <param name="cacheProcesses">Processes kept, rounded up to a power of two; at least 2.</param>
    /// <param name="cacheBytes">Sum of their encoded bytes at which all of them are dropped.</param>
    public SyscallEventDecoder(int cacheProcesses = DefaultCacheProcesses, long cacheBytes = DefaultCacheBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cacheProcesses, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cacheProcesses, 1 << 24);
        ArgumentOutOfRangeException.ThrowIfNegative(cacheBytes);
        _cache = new ProcessCache((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)cacheProcesses), cacheBytes);
    }

    /// <summary>Processes found in the cache so far.</summary>
    public long CacheHits => _cache.Hits;

    /// <summary>Processes that had to be decoded so far.</summary>
    public long CacheMisses => _cache.Misses;

    internal ProcessCache Cache => _cache;

    /// <summary>
    /// Fills <paramref name="into"/> from the <paramref name="length"/> bytes of <paramref name="payload"/> at
    /// <paramref name="offset"/>, which must hold one event and nothing else. Its texts are valid until the payload changes.
    /// </summary>
    /// <exception cref="AvroFormatException">The bytes are no event; <paramref name="into"/> is left cleared.</exception>
    public void Decode(byte[] payload, int offset, int length, SyscallEvent into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var reader = new AvroReader(payload, offset, length);
        try
        {
            ReadHead(ref reader, into);
            into.Process = ReadLastProcess(ref reader, payload, offset);
        }
        catch (AvroFormatException)
        {
            into.Clear();
            throw;
        }
    }

    /// <summary>As <see cref="Decode"/>, where more may follow the event; gives the bytes that the event takes.</summary>
    /// <exception cref="AvroFormatException">The bytes are no event; <paramref name="into"/> is left cleared.</exception>
    public int DecodeNext(byte[] payload, int offset, int length, SyscallEvent into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var reader = new AvroReader(payload, offset, length);
        try
        {
            ReadHead(ref reader, into);
            into.Process = ReadProcess(ref reader, payload, offset);
            return reader.Position - offset;
        }
        catch (AvroFormatException)
        {
            into.Clear();
            throw;
        }
    }

    private static void ReadHead(ref AvroReader reader, SyscallEvent e)
    {
        e.Type = reader.Bytes("type");
        e.Seq = reader.Long("seq");
        e.TimeNs = reader.Long("timeNs");
        e.KtimeNs = reader.Long("ktimeNs");
        e.Node = reader.Bytes("node");
        e.Run = reader.Long("run");
        e.Cpu = reader.Int("cpu");
        e.Number = reader.Int("number");
        e.Abi = (Abi)reader.Enum("abi", AbiSymbols);
        e.ThreadId = reader.Long("tid");
        e.Return = reader.NullableLong("ret");
        ReadParams(ref reader, e.Params);
        e.Data = reader.NullableBytes("data");
        ReadFd(ref reader, e);
        ReadEnv(ref reader, e);
    }

    private static void ReadParams(ref AvroReader reader, List<Param> parameters)
    {
        parameters.Clear();
        while (reader.NextBlock("params", ParamLeastBytes, out var block))
        {
            var first = parameters.Count;
            CollectionsMarshal.SetCount(parameters, first + block.Count);
            foreach (ref var parameter in CollectionsMarshal.AsSpan(parameters)[first..])
            {
                parameter = new Param(
                    reader.Bytes("params.name"),
                    reader.NullableLong("params.value"),
                    reader.NullableBytes("params.text"),
                    reader.NullableBytes("params.resolved"));
            }

            reader.EndBlock(block, "params");
        }
    }

    private static void ReadFd(ref AvroReader reader, SyscallEvent e)
    {
        var fd = e.Fd;
        if (!reader.Present("fd"))
        {
            if (e.HasFd)
                fd.Clear();

            e.HasFd = false;
            return;
        }

        e.HasFd = true;
        fd.Num = reader.Long("fd.num");
        fd.Type = reader.NullableBytes("fd.type");
        fd.TypeChar = reader.NullableBytes("fd.typechar");
        fd.Name = reader.NullableBytes("fd.name");
        fd.NameRaw = reader.NullableBytes("fd.nameRaw");
        fd.L4Proto = reader.NullableBytes("fd.l4proto");
        fd.Family = reader.NullableBytes("fd.family");
        fd.Role = (SocketRole)reader.Enum("fd.role", RoleSymbols);
        fd.ClientIp = reader.NullableBytes("fd.cip");
        fd.ClientPort = reader.NullableInt("fd.cport");
        fd.ServerIp = reader.NullableBytes("fd.sip");
        fd.ServerPort = reader.NullableInt("fd.sport");
        fd.ClientIsLocal = reader.NullableBool("fd.clientIsLocal");
        fd.Connected = reader.Bool("fd.connected");
        fd.NameChanged = reader.Bool("fd.nameChanged");
    }

    private static void ReadEnv(ref AvroReader reader, SyscallEvent e)
    {
        e.Env.Clear();
        e.HasEnv = reader.Present("env");
        if (!e.HasEnv)
            return;

        while (reader.NextBlock("env", 1, out var block))
        {
            for (var i = 0; i < block.Count; i++)
                e.Env.Add(reader.Bytes("env"));

            reader.EndBlock(block, "env");
        }
    }

    // What is left is the process and nothing else, so that its bytes are known before they are read.
    private ProcessInfo? ReadLastProcess(ref AvroReader reader, byte[] payload, int offset)
    {
        var start = reader.Position;
        var length = reader.Remaining;
        if (!reader.Present("process"))
        {
            ExpectEnd(ref reader);
            return null;
        }

        if (_cache.Find(payload.AsSpan(start, length), out var hash) is { } known)
            return known;

        // Its own copy: the process outlives the payload, and is not tied to the rest of it.
        var block = payload.AsSpan(start, length).ToArray();
        var copy = new AvroReader(block, 0, length, start - offset);
        copy.Present("process");
        var process = ProcessCodec.Read(ref copy);
        ExpectEnd(ref copy);
        process.Encoded = block;
        _cache.Add(block, hash, process);
        return process;
    }

    private ProcessInfo? ReadProcess(ref AvroReader reader, byte[] payload, int offset)
    {
        var start = reader.Position;
        if (!reader.Present("process"))
            return null;

        ProcessCodec.Skip(ref reader);
        var last = new AvroReader(payload, start, reader.Position - start, start - offset);
        return ReadLastProcess(ref last, payload, start);
    }

    private static void ExpectEnd(ref AvroReader reader)
    {
        if (reader.Remaining != 0)
            reader.Corrupt("process", $"{reader.Remaining} bytes after the last field; none is allowed");
    }
}
