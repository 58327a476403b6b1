using System.Text;

namespace Syscribe.Rules;

/// <summary>The rules that ship with Syscribe.</summary>
public static class DefaultRules
{
    private const string Resource = "syscribe_rules.yaml";

    /// <summary>The file's text, under its name.</summary>
    public static RuleSource Source { get; } = Read();

    /// <summary>The rules, loaded with the options' defaults.</summary>
    public static RuleSet Load() => RuleLoader.Load([Source]).RuleSet ?? throw new InvalidOperationException($"{Resource} does not load");

    private static RuleSource Read()
    {
        using var stream = typeof(DefaultRules).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded in {typeof(DefaultRules).Assembly.GetName().Name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new RuleSource(Resource, reader.ReadToEnd());
    }
}
