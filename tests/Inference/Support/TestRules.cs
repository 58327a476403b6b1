using Syscribe.Rules;

namespace Syscribe.Inference.Tests.Support;

/// <summary>Rule sets.</summary>
internal static class TestRules
{
    private static readonly RuleSource OpensOnly = new("opens.yaml", """
        - rule: Shadow opened
          desc: test
          condition: evt.type = openat and fd.name = /etc/shadow
          output: Shadow opened (%proc.name)
          priority: WARNING
        """);

    /// <summary>One rule, that names openat only.</summary>
    public static RuleSet Opens { get; } = Load(OpensOnly);

    /// <summary>Those that ship.</summary>
    public static RuleSet Default { get; } = Load(DefaultRules.Source);

    private static RuleSet Load(RuleSource source)
    {
        var result = RuleLoader.Load([source]);
        return result.RuleSet ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    }
}
