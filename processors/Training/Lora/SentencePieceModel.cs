using System.Buffers.Binary;
using System.Text;

namespace Syscribe.Training.Lora;

/// <summary>
/// The pieces of a SentencePiece <c>tokenizer.model</c>: a protobuf message whose field 1 repeats
/// <c>{1: text, 2: float score, 3: type}</c>; types are numbered as llama.cpp numbers them.
/// </summary>
internal sealed record SentencePieceModel(IReadOnlyList<string> Texts, IReadOnlyList<float> Scores, IReadOnlyList<int> Types)
{
    private const int Normal = 1;

    /// <summary>Reads the file.</summary>
    /// <exception cref="TrainingException">It is cut or no such file.</exception>
    public static SentencePieceModel Read(string path)
    {
        var (texts, scores, types) = (new List<string>(), new List<float>(), new List<int>());
        try
        {
            ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
            while (rest.Length > 0)
            {
                if (Field(ref rest, out var value, out _) == 1)
                {
                    var (text, score, type) = Piece(value);
                    texts.Add(text);
                    scores.Add(score);
                    types.Add(type);
                }
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or OverflowException)
        {
            throw new TrainingException($"Reading {path} as a SentencePiece model failed: {e.Message}", e);
        }

        return texts.Count > 0 ? new SentencePieceModel(texts, scores, types) : throw new TrainingException($"{path} holds no pieces.");
    }

    private static (string Text, float Score, int Type) Piece(ReadOnlySpan<byte> message)
    {
        var (text, score, type) = ("", 0f, Normal);
        while (message.Length > 0)
        {
            switch (Field(ref message, out var value, out var number))
            {
                case 1: text = Encoding.UTF8.GetString(value); break;
                case 2: score = BinaryPrimitives.ReadSingleLittleEndian(value); break;
                case 3: type = checked((int)number); break;
                default: break;
            }
        }

        return (text, score, type);
    }

    // A field's number, and its bytes or, for wire type 0, its value.
    private static int Field(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value, out ulong number)
    {
        var tag = Varint(ref rest);
        number = 0;
        value = default;
        switch (tag & 7)
        {
            case 0: number = Varint(ref rest); break;
            case 1: value = Take(ref rest, 8); break;
            case 2: value = Take(ref rest, checked((int)Varint(ref rest))); break;
            case 5: value = Take(ref rest, 4); break;
            default: throw new InvalidDataException($"wire type {tag & 7}");
        }

        return checked((int)(tag >> 3));
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(ref rest, 1)[0];
            value |= (ulong)(b & 127) << shift;
            if (b < 128)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number of more than 64 bits");
    }
}
