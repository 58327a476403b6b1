using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Loading;

/// <summary>
/// A list. <see cref="Index"/> is the place of its first definition, <see cref="Visibility"/> of its last: it may refer to lists
/// that were first defined before its last definition.
/// </summary>
internal sealed class ListDefinition(string name, int index, Location location)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    public int Visibility { get; set; } = index;

    public Location Location { get; } = location;

    public List<string> Items { get; set; } = [];

    public bool IsUsed { get; set; }
}

/// <summary>A macro; index and visibility as a list's.</summary>
internal sealed class MacroDefinition(string name, int index, Location location, SourceText condition)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    public int Visibility { get; set; } = index;

    public Location Location { get; } = location;

    public SourceText Condition { get; set; } = condition;

    /// <summary>The condition with lists and macros replaced; null until compiled.</summary>
    public Node? Node { get; set; }

    public bool IsUsed { get; set; }
}

/// <summary>A rule as defined so far.</summary>
internal sealed class RuleDefinition(string name, Location location)
{
    public string Name { get; } = name;

    public Location Location { get; set; } = location;

    public SourceText? Condition { get; set; }

    public SourceText? Output { get; set; }

    public string Description { get; set; } = "";

    public Priority Priority { get; set; }

    public SortedSet<string> Tags { get; set; } = new(StringComparer.Ordinal);

    public string Source { get; set; } = RuleLoader.SyscallSource;

    public bool Enabled { get; set; } = true;

    public bool WarnEventTypes { get; set; } = true;

    public bool SkipIfUnknownFilter { get; set; }

    public bool Capture { get; set; }

    public long CaptureDurationMs { get; set; }

    public List<ExceptionDefinition> Exceptions { get; set; } = [];

    /// <summary>Dropped because of its source: known by name only, so that later items about it are no errors.</summary>
    public bool UnknownSource { get; set; }
}

/// <summary>An exception of a rule: combinations of values for which it does not hold.</summary>
internal sealed class ExceptionDefinition(string name, Location location)
{
    public string Name { get; } = name;

    public Location Location { get; } = location;

    public bool IsTuple { get; set; }

    public List<string> Fields { get; set; } = [];

    public List<string> Operators { get; set; } = [];

    /// <summary>One entry per value; of a tuple exception, one operand text per field.</summary>
    public List<string[]> Values { get; } = [];
}
