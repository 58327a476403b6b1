using System.Runtime.InteropServices;

namespace Syscribe.Events;

/// <summary>
/// Writes events as Avro binary of <c>syscall-event.avsc</c>, the same bytes as Apache.Avro's generic writer, without
/// allocating: a process is encoded once and copied after that.
/// </summary>
/// <remarks>
/// Avro strings are valid UTF-8, and strict readers refuse others, but what a process chose need not be: each maximal
/// invalid part of a text is written as U+FFFD. Fields of type bytes (<see cref="SyscallEvent.Data"/>, addresses) are
/// written as they are. A null text in a field that has no null is written empty. Thread safe for different events.
/// </remarks>
public static class SyscallEventEncoder
{
    /// <summary>Bytes that <see cref="Encode"/> writes for <paramref name="value"/>. Encodes into scratch memory of this thread.</summary>
    public static int Measure(SyscallEvent value)
    {
        ref var scratch = ref Scratch.Get();
        return Encode(value, ref scratch, 0);
    }

    /// <summary>
    /// Writes <paramref name="value"/> from <paramref name="offset"/> on, and gives the index after its last byte.
    /// <paramref name="buffer"/> is replaced by a larger one, its content before <paramref name="offset"/> kept, when it is too small.
    /// </summary>
    public static int Encode(SyscallEvent value, ref byte[] buffer, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, buffer.Length);

        var writer = new AvroWriter(buffer, offset);
        Write(ref writer, value);
        buffer = writer.Buffer;
        return writer.Position;
    }

    /// <summary>The encoded event in an array of its own, after <paramref name="prefix"/>.</summary>
    public static byte[] ToArray(SyscallEvent value, ReadOnlySpan<byte> prefix = default)
    {
        ref var scratch = ref Scratch.Get();
        var length = Encode(value, ref scratch, 0);
        var record = GC.AllocateUninitializedArray<byte>(prefix.Length + length);
        prefix.CopyTo(record);
        scratch.AsSpan(0, length).CopyTo(record.AsSpan(prefix.Length));
        return record;
    }

    private static void Write(ref AvroWriter writer, SyscallEvent e)
    {
        writer.String(e.Type);
        writer.Long(e.Seq);
        writer.Long(e.TimeNs);
        writer.Long(e.KtimeNs);
        writer.String(e.Node);
        writer.Long(e.Run);
        writer.Long(e.Cpu);
        writer.Long(e.Number);
        writer.Long((long)e.Abi);
        writer.Long(e.ThreadId);
        writer.NullableLong(e.Return);
        WriteParams(ref writer, e.Params);
        writer.NullableBytes(e.Data);
        if (writer.Present(e.HasFd))
            WriteFd(ref writer, e.Fd);

        if (writer.Present(e.HasEnv))
            writer.Strings(e.Env);

        if (e.Process is { } process)
            writer.Raw(process.Encoded ??= ProcessCodec.Encode(process));
        else
            writer.Present(false);
    }

    private static void WriteParams(ref AvroWriter writer, List<Param> parameters)
    {
        if (!writer.StartItems(parameters.Count))
            return;

        foreach (ref readonly var parameter in CollectionsMarshal.AsSpan(parameters))
        {
            writer.String(parameter.Name);
            writer.NullableLong(parameter.Value);
            writer.NullableString(parameter.Text);
            writer.NullableString(parameter.Resolved);
        }

        writer.EndItems();
    }

    private static void WriteFd(ref AvroWriter writer, Fd fd)
    {
        writer.Long(fd.Num);
        writer.NullableString(fd.Type);
        writer.NullableString(fd.TypeChar);
        writer.NullableString(fd.Name);
        writer.NullableString(fd.NameRaw);
        writer.NullableString(fd.L4Proto);
        writer.NullableString(fd.Family);
        writer.Long((long)fd.Role);
        writer.NullableBytes(fd.ClientIp);
        writer.NullableLong(fd.ClientPort);
        writer.NullableBytes(fd.ServerIp);
        writer.NullableLong(fd.ServerPort);
        writer.NullableBool(fd.ClientIsLocal);
        writer.Bool(fd.Connected);
        writer.Bool(fd.NameChanged);
    }

    private static class Scratch
    {
        private const int InitialBytes = 4096;

        // A huge event must not keep its memory for the life of the thread.
        private const int LargestKeptBytes = 1 << 20;

        [ThreadStatic]
        private static byte[]? bytes;

        public static ref byte[] Get()
        {
            if (bytes is null || bytes.Length > LargestKeptBytes)
                bytes = new byte[InitialBytes];

            return ref bytes!;
        }
    }
}
