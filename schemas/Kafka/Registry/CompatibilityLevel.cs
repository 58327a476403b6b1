namespace Syscribe.Kafka;

/// <summary>Which schemas a new version of a subject must get along with.</summary>
internal enum CompatibilityLevel
{
    None,

    /// <summary>The new version reads what the latest wrote.</summary>
    Backward,
    BackwardTransitive,

    /// <summary>The latest version reads what the new one writes.</summary>
    Forward,
    ForwardTransitive,

    /// <summary>Both.</summary>
    Full,
    FullTransitive,
}

/// <summary>The levels as the REST API writes them, and what each asks for.</summary>
internal static class CompatibilityLevels
{
    public static IReadOnlyList<string> Names { get; } =
        ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    public static CompatibilityLevel Parse(string? name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], name, StringComparison.OrdinalIgnoreCase))
                return (CompatibilityLevel)i;
        }

        throw RegistryException.InvalidLevel(name);
    }

    extension(CompatibilityLevel level)
    {
        public string Name => Names[(int)level];

        public bool IsTransitive => level is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;

        public bool NewReadsOld => level is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

        public bool OldReadsNew => level is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
    }
}
