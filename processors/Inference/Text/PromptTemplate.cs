using System.Text;

namespace Syscribe.Inference.Text;

/// <summary>
/// The frame around an event's text: the instruction before it and what follows. Stored with the model (GGUF key
/// <c>syscribe.prompt</c>), since a model answers well only in the frame that it was trained with.
/// </summary>
public sealed class PromptTemplate
{
    /// <summary>Stands where the event's text goes, exactly once.</summary>
    public const string Placeholder = "{event}";

    private PromptTemplate(string text, int at)
    {
        Text = text;
        Instruction = Encoding.UTF8.GetBytes(text[..at]);
        Suffix = Encoding.UTF8.GetBytes(text[(at + Placeholder.Length)..]);
    }

    /// <summary>The template as given.</summary>
    public string Text { get; }

    /// <summary>UTF-8 before the event; the same for every prompt, so its KV cells are shared.</summary>
    public ReadOnlyMemory<byte> Instruction { get; }

    /// <summary>UTF-8 after the event.</summary>
    public ReadOnlyMemory<byte> Suffix { get; }

    /// <summary>Takes a template apart. Texts put in later are not searched for placeholders.</summary>
    /// <exception cref="FormatException">The placeholder is missing or comes twice.</exception>
    public static PromptTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(Placeholder, StringComparison.Ordinal);
        var again = at < 0 ? -1 : text.IndexOf(Placeholder, at + 1, StringComparison.Ordinal);
        return at >= 0 && again < 0
            ? new PromptTemplate(text, at)
            : throw new FormatException(
                $"The prompt template holds {Placeholder} {(at < 0 ? "nowhere" : "more than once")}; it must stand exactly once: \"{Printable.Escape(text)}\"");
    }
}
