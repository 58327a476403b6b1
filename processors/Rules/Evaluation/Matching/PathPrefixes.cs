using Syscribe.Events;

namespace Syscribe.Rules.Evaluation.Matching;

/// <summary>
/// <c>pmatch</c>: whether some pattern's components are a prefix of a path's. A component may hold wildcards; empty
/// components do not count, so a leading slash makes no difference and <c>/</c> matches every path.
/// </summary>
internal sealed class PathPrefixes
{
    private readonly Node _root = new();

    public PathPrefixes(IEnumerable<Utf8> patterns)
    {
        foreach (var pattern in patterns)
        {
            var node = _root;
            var rest = pattern.Span;
            while (TryNext(ref rest, out var component))
            {
                node = node.Add(component);
            }

            node.IsEnd = true;
        }
    }

    public bool IsMatch(ReadOnlySpan<byte> path) => IsMatch(_root, path);

    private static bool IsMatch(Node node, ReadOnlySpan<byte> rest)
    {
        if (node.IsEnd)
        {
            return true;
        }

        if (!TryNext(ref rest, out var component))
        {
            return false;
        }

        foreach (var (literal, child) in node.Literals)
        {
            if (literal.Span.SequenceEqual(component) && IsMatch(child, rest))
            {
                return true;
            }
        }

        foreach (var (glob, child) in node.Globs)
        {
            if (Glob.IsMatch(glob.Span, component, ignoreCase: false) && IsMatch(child, rest))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> component)
    {
        rest = rest.TrimStart((byte)'/');
        var slash = rest.IndexOf((byte)'/');
        component = slash < 0 ? rest : rest[..slash];
        rest = rest[component.Length..];
        return !component.IsEmpty;
    }

    private sealed class Node
    {
        public bool IsEnd { get; set; }

        public List<(Utf8 Component, Node Child)> Literals { get; } = [];

        public List<(Utf8 Component, Node Child)> Globs { get; } = [];

        public Node Add(ReadOnlySpan<byte> component)
        {
            var children = Glob.HasWildcard(component) ? Globs : Literals;
            foreach (var (known, child) in children)
            {
                if (known.Span.SequenceEqual(component))
                {
                    return child;
                }
            }

            var added = new Node();
            children.Add((Utf8.Copy(component), added));
            return added;
        }
    }
}
