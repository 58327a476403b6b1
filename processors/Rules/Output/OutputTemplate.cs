using System.Text;
using Syscribe.Events;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Output;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules;

/// <summary>
/// A rule's output format: text with tokens <c>%[width]field[argument]</c> or <c>%transformer(field)</c>. A field's name is the longest
/// run that is one, found by shrinking from the right; a width pads or cuts; <c>%%</c> is no escape.
/// </summary>
public sealed class OutputTemplate
{
    private readonly IReadOnlyList<OutputToken> _tokens;

    private OutputTemplate(string text, IReadOnlyList<OutputToken> tokens)
    {
        Text = text;
        _tokens = tokens;
    }

    /// <summary>The format as written.</summary>
    public string Text { get; }

    /// <summary>The fields named, in order, without repetition.</summary>
    public IEnumerable<string> Fields => _tokens.Where(token => token.Name.Length > 0).Select(token => token.Name).Distinct();

    /// <summary>Parses a format.</summary>
    /// <exception cref="SyntaxException">An unknown field, or a percent sign without one.</exception>
    public static OutputTemplate Parse(string text)
    {
        var tokens = new List<OutputToken>();
        for (var at = text.StartsWith('*') ? 1 : 0; at < text.Length;)
        {
            var percent = text.IndexOf('%', at);
            if (percent != at)
            {
                var end = percent < 0 ? text.Length : percent;
                tokens.Add(new OutputToken("", text[at..end], 0, null));
                at = end;
                continue;
            }

            tokens.Add(new OutputTokenParser(text, at + 1).Parse(out at));
        }

        return new OutputTemplate(text, tokens);
    }

    /// <summary>Fills the format from an event. Allocates: use it for matches.</summary>
    public RenderedOutput Render(SyscallEvent e)
    {
        var source = new SyscallFields();
        source.Reset(e);
        return Render(source);
    }

    /// <summary>Fills the format from <paramref name="source"/>.</summary>
    public RenderedOutput Render(FieldSource source)
    {
        var message = new StringBuilder();
        var fields = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var token in _tokens)
        {
            if (token.Read is null)
            {
                message.Append(token.Text);
                continue;
            }

            var (text, value) = token.Read(source);
            Append(message, text, token.Width);
            fields[token.Name] = value;
        }

        if (FieldValue.TryReadTime(source, out var time))
        {
            fields["evt.time"] = time;
        }

        return new RenderedOutput(FieldValue.Clean(message.ToString()), fields);
    }

    private static void Append(StringBuilder message, string text, int width)
    {
        if (width == 0)
        {
            message.Append(text);
            return;
        }

        message.Append(text.Length > width ? text[..width] : text.PadRight(width));
    }
}

/// <summary>A piece of a format: literal text, or a field to read.</summary>
internal sealed record OutputToken(string Name, string Text, int Width, Func<FieldSource, (string Text, object? Value)>? Read);
