using Syscribe.Inference.Gguf;
using Syscribe.Inference.Suspects;
using Syscribe.Rules;

namespace Syscribe.Inference.Measure;

/// <summary>
/// Models of random weights in the shapes of real ones, with the default rules' answers: for measuring, since speed does not
/// depend on the values of weights.
/// </summary>
public static class SyntheticModel
{
    /// <summary>The prompt that such a model is asked with.</summary>
    public const string Prompt =
        "You judge one system call of a Linux machine, written as key=value. Answer with the alert it deserves, or NONE.\n{event}\nalert: ";

    private static readonly Dictionary<string, (LlamaShape Shape, int Vocabulary)> Known = new()
    {
        ["13b"] = (LlamaShape.Llama2With13B, 32_000),
        ["7b"] = (LlamaShape.Llama2With7B, 32_000),
        ["small"] = (LlamaShape.Small, 640),
        ["tiny"] = (LlamaShape.Tiny, 640),
    };

    /// <summary>Names of the sizes: those of LLaMA 2, and two for a try.</summary>
    public static IReadOnlyCollection<string> Sizes => Known.Keys;

    /// <summary>The default rules' answers, the harmless one first.</summary>
    public static IReadOnlyList<string> Answers { get; } = KnownAnswers.From(
        DefaultRules.Load()).Texts;

    /// <summary>Size of the file, bytes.</summary>
    /// <exception cref="ArgumentException">There is no such size.</exception>
    public static long BytesOf(string size, GgufType type) => Writer(size, type).TotalBytes;

    /// <summary>Writes the file, with at most 70 MB of it in memory.</summary>
    /// <param name="path">File to write; replaced if there.</param>
    /// <param name="size">One of <see cref="Sizes"/>.</param>
    /// <param name="type">Type of the matrices.</param>
    /// <exception cref="ArgumentException">There is no such size.</exception>
    /// <exception cref="IOException">The disk has not the room: how much is needed, and how much there is.</exception>
    public static void Write(string path, string size, GgufType type)
    {
        var writer = Writer(size, type);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var free = new DriveInfo(folder).AvailableFreeSpace + (File.Exists(path) ? new FileInfo(path).Length : 0);
        RequireRoom($"A model of size {size} and type {type}", folder, writer.TotalBytes, free);
        writer.WriteTo(path);
    }

    internal static void RequireRoom(string what, string folder, long needed, long free)
    {
        if (needed > free)
        {
            throw new IOException(
                $"{what} takes {Gigabytes(needed)}, and {folder} has {Gigabytes(free)} free. Another disk (--out FILE), a smaller type (--type q8_0) or a smaller size ({string.Join(", ", Sizes)}) will do.");
        }
    }

    private static string Gigabytes(long bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB");

    private static GgufWriter Writer(string size, GgufType type)
    {
        if (!Known.TryGetValue(size, out var model))
        {
            throw new ArgumentException($"size {size}: there are {string.Join(", ", Sizes)}");
        }

        var vocabulary = SpmVocabulary.Train([Prompt, .. Answers], [KnownAnswers.Harmless], size: 640);
        vocabulary.PadTo(model.Vocabulary);
        return SyntheticLlama.Writer(model.Shape, vocabulary, Prompt, Answers, seed: 1, type, scale: 0.05f);
    }
}
