using System.Buffers.Binary;
using System.Text;

namespace Syscribe.Training.Model;

/// <summary>The versions that a 64-bit little-endian ELF library needs of others: section <c>.gnu.version_r</c>, see elf(5).</summary>
internal static class ElfVersions
{
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Marks the need of <paramref name="version"/> as weak; false if it is marked already or there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such library.</exception>
    public static bool MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("it is no 64-bit little-endian ELF file.");
        }

        try
        {
            return Mark(elf, Encoding.ASCII.GetBytes(version + "\0"));
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException("its section headers point outside of it.", e);
        }
    }

    private static bool Mark(Span<byte> elf, ReadOnlySpan<byte> version)
    {
        var sections = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]);
        var (size, count) = (U16(elf, 0x3A), U16(elf, 0x3C));
        for (var i = 0; i < count; i++)
        {
            var section = sections + (i * size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf[(section + 4)..]) == VersionNeeds)
            {
                var strings = sections + (U32(elf, section + 40) * size);
                return Mark(elf, Offset(elf, section), U32(elf, section + 44), Offset(elf, strings), version);
            }
        }

        return false;
    }

    // Elf64_Verneed: u16 version, u16 count, u32 file, u32 aux, u32 next. Elf64_Vernaux: u32 hash, u16 flags, u16 other, u32 name, u32 next.
    private static bool Mark(Span<byte> elf, int need, int needs, int strings, ReadOnlySpan<byte> version)
    {
        for (; needs > 0; needs--, need += U32(elf, need + 12))
        {
            var aux = need + U32(elf, need + 8);
            for (var left = U16(elf, need + 2); left > 0; left--, aux += U32(elf, aux + 12))
            {
                if (elf[(strings + U32(elf, aux + 8))..].StartsWith(version))
                {
                    var flags = (ushort)U16(elf, aux + 4);
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(aux + 4)..], (ushort)(flags | Weak));
                    return (flags & Weak) == 0;
                }
            }
        }

        return false;
    }

    private static int Offset(ReadOnlySpan<byte> elf, int section) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(elf[(section + 24)..]));

    private static int U32(ReadOnlySpan<byte> elf, int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]));

    private static int U16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);
}
