using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>
/// Text that came from one or more scalars of rule files and still knows where: what YAML folds changes blanks only, so the
/// n-th character that is no blank is found in the file by counting.
/// </summary>
internal sealed class SourceText
{
    private readonly List<(int Start, YamlScalarNode? Scalar, Location Location)> _pieces = [];

    public SourceText(string text, Location location, YamlScalarNode? scalar = null)
    {
        Text = text;
        _pieces.Add((0, scalar, location));
    }

    private SourceText(string text) => Text = text;

    public string Text { get; }

    public Location Start => _pieces[0].Location;

    /// <summary>This text, <paramref name="between"/>, and another.</summary>
    public SourceText Append(string between, SourceText next)
    {
        var joined = new SourceText(Text + between + next.Text);
        joined._pieces.AddRange(_pieces);
        joined._pieces.AddRange(next._pieces.Select(piece => (piece.Start + Text.Length + between.Length, piece.Scalar, piece.Location)));
        return joined;
    }

    /// <summary>This text between two that are in no file.</summary>
    public SourceText Surround(string before, string after)
    {
        var joined = new SourceText(before + Text + after);
        joined._pieces.AddRange(_pieces.Select(piece => (piece.Start + before.Length, piece.Scalar, piece.Location)));
        return joined;
    }

    /// <summary>Where the character at <paramref name="index"/> stands in its file.</summary>
    public Location Locate(int index)
    {
        var piece = _pieces[0];
        foreach (var candidate in _pieces)
        {
            if (candidate.Start <= index)
            {
                piece = candidate;
            }
        }

        if (piece.Scalar is null)
        {
            return piece.Location;
        }

        var solid = 0;
        for (var i = piece.Start; i < Math.Min(index, Text.Length); i++)
        {
            solid += char.IsWhiteSpace(Text[i]) ? 0 : 1;
        }

        return Find(piece.Scalar, piece.Location, solid);
    }

    private static Location Find(YamlScalarNode scalar, Location start, int solid)
    {
        var text = start.Source.Text;
        var at = (int)scalar.Start.Index;
        var (line, column) = (start.Line, start.Column);

        // The | or > of a block, and an opening quote, are no part of the value.
        var isBlock = scalar.Style is YamlDotNet.Core.ScalarStyle.Literal or YamlDotNet.Core.ScalarStyle.Folded;
        var isQuoted = scalar.Style is YamlDotNet.Core.ScalarStyle.SingleQuoted or YamlDotNet.Core.ScalarStyle.DoubleQuoted;
        for (var header = isBlock || isQuoted; at < text.Length; at++)
        {
            if (header)
            {
                header = isBlock && text[at] != '\n';
            }
            else if (!char.IsWhiteSpace(text[at]) && solid-- == 0)
            {
                return start with { Line = line, Column = column };
            }

            (line, column) = text[at] == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return start;
    }
}
