using Syscribe.Rules.Evaluation;
using Syscribe.Rules.Syntax;

namespace Syscribe.Rules.Loading;

/// <summary>Compiles everything that was collected, whichever file it came from.</summary>
internal sealed class RuleCompiler(DefinitionSet set, RuleLoadOptions options, List<LoadMessage> errors)
{
    private const int MaxEventTypes = 100;

    // Fields that Falco's container plugin marks as suggested, in its order.
    private const string Suggested =
        " container_id=%container.id container_name=%container.name container_image_repository=%container.image.repository"
        + " container_image_tag=%container.image.tag k8s_pod_name=%k8s.pod.name k8s_ns_name=%k8s.ns.name";

    private static readonly string[] SkippableErrors = ["nonexistent field", "invalid formatting token", "unknown event type", "unknown filter:"];

    private readonly PredicatePool _pool = new();
    private readonly Dictionary<MacroDefinition, ListSubstitution> _macroTexts = [];

    /// <summary>Compiles single conditions with the lists and macros of the load.</summary>
    public ConditionScope? Scope { get; private set; }

    public RuleSet? Compile()
    {
        var lists = ListExpansion.Expand(set);
        var macros = set.Macros.ToDictionary(macro => macro.Name, StringComparer.Ordinal);
        var resolver = new MacroResolver(macros);
        ParseMacros(lists, resolver);
        Scope = new ConditionScope(set, lists, resolver, _pool);
        if (errors.Count > 0)
        {
            return null;
        }

        var rules = new List<Rule>();
        foreach (var definition in set.Rules.Where(rule => !rule.UnknownSource))
        {
            if (Compile(definition, lists, resolver) is { } rule)
            {
                rule.Index = rules.Count;
                rules.Add(rule);
            }
        }

        WarnUnused();
        return errors.Count > 0 ? null : Build(rules);
    }

    private void ParseMacros(Dictionary<ListDefinition, string> lists, MacroResolver resolver)
    {
        var parsed = new Dictionary<MacroDefinition, Node>();
        foreach (var macro in set.Macros)
        {
            var item = $"macro '{macro.Name}'";
            if (TryParse(macro.Condition, lists, item, out var node, out var text))
            {
                parsed[macro] = node;
                _macroTexts[macro] = text;
            }
        }

        if (errors.Count == 0)
        {
            resolver.ResolveAll(parsed, (macro, e) =>
                errors.Add(macro.Condition.Locate(e.Position).Message(LoadCodes.CompileCondition, e.Message, $"macro '{macro.Name}'")));
        }
    }

    private bool TryParse(SourceText condition, Dictionary<ListDefinition, string> lists, string item, out Node node, out ListSubstitution text)
    {
        text = ListSubstitution.Apply(condition.Text, set.Lists, lists);
        try
        {
            node = ConditionParser.Parse(text.Text);
            return true;
        }
        catch (SyntaxException e)
        {
            node = new MacroNode("", 0);
            errors.Add(condition.Locate(text.Origin(e.Position)).Message(LoadCodes.CompileCondition, e.Message, item));
            return false;
        }
    }

    private Rule? Compile(RuleDefinition definition, Dictionary<ListDefinition, string> lists, MacroResolver resolver)
    {
        var item = $"rule '{definition.Name}'";
        if (definition.Condition is not { } written || definition.Output is not { } output)
        {
            errors.Add(definition.Location.Message(LoadCodes.Validate, "the rule has no condition or no output", item));
            return null;
        }

        var condition = ExceptionText.Apply(written, definition.Exceptions);
        if (!TryParse(condition, lists, item, out var parsed, out var text))
        {
            return null;
        }

        try
        {
            var node = resolver.Resolve(parsed);
            var predicate = new ConditionCompiler(_pool).Compile(node);
            ConditionWarnings.Add(set.Warnings, node, definition, item);
            return CompileOutput(definition, output, item) is { } template ? Make(definition, condition.Text, node, predicate, template) : null;
        }
        catch (SyntaxException e)
        {
            Report(definition, Where(parsed, e, condition.Locate(text.Origin(e.Position))).Message(LoadCodes.CompileCondition, e.Message, item));
            return null;
        }
    }

    // A part that came from a macro has its position in the macro's text. The first macro that fails alone is the one: those
    // that it uses are defined before it.
    private Location Where(Node parsed, SyntaxException error, Location inRule)
    {
        if (!ConditionWarnings.HasMacro(parsed))
        {
            return inRule;
        }

        foreach (var macro in set.Macros.Where(macro => macro is { IsUsed: true, Node: not null }))
        {
            try
            {
                new ConditionCompiler(_pool).Compile(macro.Node!); // Filtered above.
            }
            catch (SyntaxException e) when (e.Message == error.Message)
            {
                return macro.Condition.Locate(_macroTexts[macro].Origin(e.Position));
            }
            catch (SyntaxException)
            {
                // Another rule's error.
            }
        }

        return inRule;
    }

    private OutputTemplate? CompileOutput(RuleDefinition definition, SourceText output, string item)
    {
        var text = output.Text.Trim();
        if (text.Contains("%container.info", StringComparison.Ordinal))
        {
            set.Warnings.Add(output.Locate(output.Text.IndexOf("%container.info", StringComparison.Ordinal)).Message(
                LoadCodes.DeprecatedItem, "%container.info is deprecated and is replaced by nothing: the container's fields are appended anyway", item));
            text = text.Replace("%container.info", "", StringComparison.Ordinal).Trim();
        }

        try
        {
            return OutputTemplate.Parse(options.SuggestedOutput ? text + Suggested : text);
        }
        catch (SyntaxException e)
        {
            var lead = output.Text.Length - output.Text.TrimStart().Length;
            Report(definition, output.Locate(lead + e.Position).Message(LoadCodes.CompileOutput, e.Message, item));
            return null;
        }
    }

    private void Report(RuleDefinition definition, LoadMessage error)
    {
        if (definition.SkipIfUnknownFilter && SkippableErrors.Any(part => error.Message.Contains(part, StringComparison.Ordinal)))
        {
            set.Warnings.Add(error with { Code = LoadCodes.UnknownFilter, Message = error.Message + "; the rule is skipped" });
            return;
        }

        errors.Add(error);
    }

    private Rule Make(RuleDefinition definition, string condition, Node node, Predicate predicate, OutputTemplate output) => new()
    {
        Name = definition.Name,
        Description = definition.Description,
        Priority = definition.Priority,
        Tags = [.. definition.Tags],
        Source = definition.Source,
        Enabled = (definition.Enabled || options.EnableAll) && definition.Priority <= options.MinimumPriority,
        Output = output,
        ConditionText = condition,
        Condition = node,
        Location = $"{definition.Location.Source.Name}:{definition.Location.Line}:{definition.Location.Column}",
        Predicate = predicate,
    };

    private RuleSet Build(List<Rule> rules)
    {
        var plans = new PlanBuilder(_pool, rules);
        foreach (var (rule, definition) in rules.Zip(rules.Select(rule => set.Rule(rule.Name))))
        {
            rule.EventTypes = plans.TypesOf(rule);
            if (definition is { WarnEventTypes: true } && (rule.EventTypes is null || rule.EventTypes.Count > MaxEventTypes))
            {
                set.Warnings.Add(definition.Location.Message(
                    LoadCodes.NoEventType, "Rule matches too many evt.type values. This has a significant performance penalty.", $"rule '{rule.Name}'"));
            }
        }

        return new RuleSet(rules, plans.Build(), options);
    }

    private void WarnUnused()
    {
        set.Warnings.AddRange(set.Macros.Where(macro => !macro.IsUsed).Select(macro =>
            macro.Location.Message(LoadCodes.UnusedMacro, "Macro not referred to by any other rule/macro", $"macro '{macro.Name}'")));
        set.Warnings.AddRange(set.Lists.Where(list => !list.IsUsed).Select(list =>
            list.Location.Message(LoadCodes.UnusedList, "List not referred to by any other rule/macro/list", $"list '{list.Name}'")));
    }
}
