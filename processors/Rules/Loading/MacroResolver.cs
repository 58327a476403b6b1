using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Loading;

/// <summary>Replaces macro names in a tree by the macros' trees, so no parentheses are needed.</summary>
internal sealed class MacroResolver(IReadOnlyDictionary<string, MacroDefinition> macros)
{
    private readonly Stack<string> _open = new();

    /// <summary>Resolves every macro's tree; a macro sees those first defined before its own last definition.</summary>
    /// <param name="parsed">Each macro's tree with macro names still in it.</param>
    /// <param name="report">Gets the first error, after which resolving ends.</param>
    public void ResolveAll(IReadOnlyDictionary<MacroDefinition, Node> parsed, Action<MacroDefinition, SyntaxException> report)
    {
        foreach (var macro in parsed.Keys)
        {
            try
            {
                ResolveMacro(macro, parsed);
            }
            catch (SyntaxException e)
            {
                report(macro, e);
                return;
            }
        }
    }

    /// <summary>The tree of a rule, which sees all macros.</summary>
    public Node Resolve(Node node) => Replace(node, name => macros.TryGetValue(name, out var macro) ? macro : null, macro => macro.Node
        ?? throw new InvalidOperationException($"macro {macro.Name} is not resolved yet"));

    private Node ResolveMacro(MacroDefinition macro, IReadOnlyDictionary<MacroDefinition, Node> parsed)
    {
        if (macro.Node is { } done)
        {
            return done;
        }

        if (_open.Contains(macro.Name))
        {
            throw new SyntaxException($"reference loop in macro '{macro.Name}'", 0);
        }

        _open.Push(macro.Name);
        macro.Node = Replace(
            parsed[macro],
            name => macros.TryGetValue(name, out var other) && other.Index < macro.Visibility ? other : null,
            other => ResolveMacro(other, parsed));
        _open.Pop();
        return macro.Node;
    }

    private static Node Replace(Node node, Func<string, MacroDefinition?> find, Func<MacroDefinition, Node> tree)
    {
        switch (node)
        {
            case AndNode and:
                return and with { Children = [.. and.Children.Select(child => Replace(child, find, tree))] };
            case OrNode or:
                return or with { Children = [.. or.Children.Select(child => Replace(child, find, tree))] };
            case NotNode not:
                return not with { Child = Replace(not.Child, find, tree) };
            case MacroNode name:
                var macro = find(name.Name) ?? throw new SyntaxException($"Undefined macro '{name.Name}' used in filter.", name.Position);
                macro.IsUsed = true;
                return tree(macro);
            default:
                return node;
        }
    }
}
