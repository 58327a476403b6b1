using System.Security.Cryptography;
using System.Text;
using Syscribe.Events;
using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules;

/// <summary>Compiled rules. Immutable and safe for any number of threads.</summary>
public sealed class RuleSet
{
    private readonly Plans _plans;
    private readonly ThreadLocal<SyscallFields> _fields;

    internal RuleSet(IReadOnlyList<Rule> rules, Plans plans, RuleLoadOptions options)
    {
        Rules = rules;
        _plans = plans;
        Options = options;
        Digest = MakeDigest(rules, options);
        DomainNames = [.. rules.Where(rule => rule.Enabled).SelectMany(rule => Domains.DomainNames.Of(rule.Condition)).Distinct(StringComparer.Ordinal)];
        _fields = new ThreadLocal<SyscallFields>(() => new SyscallFields { Resolver = Options.Resolver });
    }

    /// <summary>Every rule in definition order, those that are not enabled too.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>SHA-256 in hex over what the active rules say: equal for equal rule sets, whichever files they came from.</summary>
    public string Digest { get; }

    /// <summary>Domain names that active rules compare addresses with, for <see cref="Domains.DomainResolver.Watch"/>.</summary>
    public IReadOnlyList<string> DomainNames { get; }

    /// <summary>How it was loaded.</summary>
    internal RuleLoadOptions Options { get; }

    /// <summary>Whether some active rule names this event type: what no rule names is left to the model.</summary>
    public bool Names(Utf8 eventType) => _plans.Names(eventType);

    /// <summary>
    /// Adds the rules that match <paramref name="e"/> to <paramref name="matches"/>, which is cleared first: the first one in definition
    /// order, or all of them, as the load's options say. Allocates nothing once a thread has warmed up.
    /// </summary>
    public void Evaluate(SyscallEvent e, List<Rule> matches)
    {
        var fields = _fields.Value!; // The factory never answers null.
        fields.Reset(e);
        Evaluate(fields, e.Type, matches);
    }

    /// <summary>As <see cref="Evaluate(SyscallEvent, List{Rule})"/>, over fields in a bag. Without <c>evt.type</c>, tests of it are false.</summary>
    public void Evaluate(FieldBag fields, List<Rule> matches)
    {
        if (fields.EventType is { } type)
        {
            Evaluate(fields, Utf8.From(type), matches);
            return;
        }

        matches.Clear();
        matches.AddRange(Rules.Where(rule => rule.Enabled && rule.Predicate.Test(fields)).Take(Options.Matching == RuleMatching.First ? 1 : int.MaxValue));
    }

    private void Evaluate(FieldSource source, Utf8 eventType, List<Rule> matches)
    {
        matches.Clear();
        foreach (ref readonly var entry in _plans.Of(eventType).AsSpan())
        {
            if (!entry.Predicate.Test(source))
            {
                continue;
            }

            matches.Add(entry.Rule);
            if (Options.Matching == RuleMatching.First)
            {
                return;
            }
        }
    }

    private static string MakeDigest(IReadOnlyList<Rule> rules, RuleLoadOptions options)
    {
        var text = new StringBuilder().Append(options.Matching).Append('\n');
        foreach (var rule in rules.Where(rule => rule.Enabled))
        {
            text.Append(rule.Name).Append('\0').Append(rule.Priority).Append('\0').AppendJoin(',', rule.Tags).Append('\0')
                .Append(rule.Source).Append('\0').Append(ConditionPrinter.Print(rule.Condition)).Append('\0').Append(rule.Output.Text).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
