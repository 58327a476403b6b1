namespace Syscribe.Rules.Loading;

/// <summary>Reads one <c>rule</c> item: a definition, an override, an append, or a switch of <c>enabled</c>.</summary>
internal sealed class RuleCollector(DefinitionSet set, YamlItem item)
{
    private static readonly string[] Appendable = ["condition", "output", "desc", "tags", "exceptions"];

    private static readonly string[] Replaceable =
        [.. Appendable, "priority", "enabled", "warn_evttypes", "skip-if-unknown-filter", "capture", "capture_duration"];

    public void Read()
    {
        var name = item.Required("rule").Text;
        item.Title = $"rule '{name}'";
        var overrides = Overrides.Read(item, Appendable, Replaceable);
        var append = item.Bool("append");
        if (append is not null)
        {
            Warn("append", LoadCodes.DeprecatedItem, "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.");
        }

        if (overrides.Any)
        {
            ReadOverride(name, overrides);
        }
        else if (append == true)
        {
            ReadAppend(name);
        }
        else if (item.Has("enabled") && !item.Has("condition") && !item.Has("output") && !item.Has("desc") && !item.Has("priority"))
        {
            ReadEnabled(name);
        }
        else
        {
            ReadDefinition(name);
        }
    }

    private void ReadDefinition(string name)
    {
        foreach (var key in new[] { "condition", "output", "desc", "priority" })
        {
            if (!item.Has(key))
            {
                throw item.Location.Error(LoadCodes.YamlValidate, $"Item has no mapping for key '{key}'; a rule needs condition, output, desc and priority", item.Title);
            }
        }

        var previous = set.Rule(name);
        var source = item.Optional("source", allowEmpty: true)?.Text;
        if (previous is not null && source is not null && source != previous.Source)
        {
            throw item.LocationOf("source").Error(LoadCodes.Validate, $"Rule has been re-defined with a different source: '{source}', not '{previous.Source}'", item.Title);
        }

        var rule = new RuleDefinition(name, item.Location)
        {
            Condition = item.Required("condition"),
            Output = item.Required("output"),
            Description = item.Required("desc").Text,
            Priority = ReadPriority(),
            Source = string.IsNullOrEmpty(source) ? previous?.Source ?? RuleLoader.SyscallSource : source,
            Enabled = item.Bool("enabled") ?? true,
            WarnEventTypes = item.Bool("warn_evttypes") ?? true,
            SkipIfUnknownFilter = item.Bool("skip-if-unknown-filter") ?? false,
            Capture = item.Bool("capture") ?? false,
            CaptureDurationMs = ReadCaptureDuration(),
        };
        rule.Tags.UnionWith(ReadTags());
        rule.Exceptions = ExceptionCollector.Read(set, item);
        Define(rule, previous);
    }

    private void Define(RuleDefinition rule, RuleDefinition? previous)
    {
        if (rule.Source != RuleLoader.SyscallSource)
        {
            rule.UnknownSource = true;
            set.Warnings.Add(item.LocationOf("source").Message(LoadCodes.UnknownSource, $"Unknown source {rule.Source}, skipping; the source here is syscall", item.Title));
        }

        if (previous is null)
        {
            set.Rules.Add(rule);
        }
        else
        {
            set.Rules[set.Rules.IndexOf(previous)] = rule;
        }
    }

    private void ReadOverride(string name, Overrides overrides)
    {
        var rule = set.Rule(name) ?? throw item.Location.Error(LoadCodes.Validate, "Rule has an override but no rule by that name already exists", item.Title);
        string[] allowed = ["rule", "override", "append", "source", .. overrides.Keys];
        foreach (var (key, location) in item.Keys.Where(pair => Replaceable.Contains(pair.Key) && !allowed.Contains(pair.Key)))
        {
            throw location.Error(LoadCodes.Validate, $"Key '{key}' is present but has no operation under 'override'; add '{key}: append' or '{key}: replace'", item.Title);
        }

        if (overrides.Keys.Contains("condition"))
        {
            var condition = item.Required("condition");
            rule.Condition = overrides.Appends("condition") ? Join(rule.Condition, condition) : condition;
        }

        if (overrides.Keys.Contains("output"))
        {
            var output = item.Required("output");
            rule.Output = overrides.Appends("output") ? Join(rule.Output, output) : output;
        }

        if (overrides.Keys.Contains("desc"))
        {
            var description = item.Required("desc").Text;
            rule.Description = overrides.Appends("desc") ? rule.Description + " " + description : description;
        }

        if (overrides.Keys.Contains("tags"))
        {
            rule.Tags = overrides.Appends("tags") ? rule.Tags : new SortedSet<string>(StringComparer.Ordinal);
            rule.Tags.UnionWith(ReadTags());
        }

        if (overrides.Replaces("exceptions"))
        {
            rule.Exceptions = ExceptionCollector.Read(set, item);
        }
        else if (overrides.Appends("exceptions"))
        {
            ExceptionCollector.Append(set, item, rule);
        }

        rule.Priority = overrides.Replaces("priority") ? ReadPriority() : rule.Priority;
        rule.Enabled = overrides.Replaces("enabled") ? item.Bool("enabled") ?? rule.Enabled : rule.Enabled;
        rule.WarnEventTypes = overrides.Replaces("warn_evttypes") ? item.Bool("warn_evttypes") ?? true : rule.WarnEventTypes;
        rule.SkipIfUnknownFilter = overrides.Replaces("skip-if-unknown-filter") ? item.Bool("skip-if-unknown-filter") ?? false : rule.SkipIfUnknownFilter;
        rule.Capture = overrides.Replaces("capture") ? item.Bool("capture") ?? false : rule.Capture;
        rule.CaptureDurationMs = overrides.Replaces("capture_duration") ? ReadCaptureDuration() : rule.CaptureDurationMs;
    }

    private void ReadAppend(string name)
    {
        var rule = set.Rule(name) ?? throw item.Location.Error(LoadCodes.Validate, "Rule has 'append' key but no rule by that name already exists", item.Title);
        if (!item.Has("condition") && !item.Has("exceptions"))
        {
            throw item.Location.Error(LoadCodes.Validate, "Appended rule must have exceptions or condition property", item.Title);
        }

        // The other keys of an appended rule are read by nobody, as upstream has it.
        foreach (var key in Replaceable)
        {
            item.Has(key);
        }

        if (item.Optional("condition") is { } condition)
        {
            rule.Condition = Join(rule.Condition, condition);
        }

        ExceptionCollector.Append(set, item, rule);
    }

    private void ReadEnabled(string name)
    {
        Warn("enabled", LoadCodes.DeprecatedItem, "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').");
        var rule = set.Rule(name) ?? throw item.Location.Error(LoadCodes.Validate, "Rule has 'enabled' key but no rule by that name already exists", item.Title);
        rule.Enabled = item.Bool("enabled") ?? rule.Enabled;
    }

    private static SourceText Join(SourceText? old, SourceText next) => old is null ? next : old.Append(" ", next);

    private IEnumerable<string> ReadTags() => item.Texts("tags")?.Select(tag => tag.Text) ?? [];

    private Priority ReadPriority()
    {
        var text = item.Required("priority");
        var name = string.Equals(text.Text, "INFO", StringComparison.OrdinalIgnoreCase) ? nameof(Priority.Informational) : text.Text;
        return Enum.TryParse<Priority>(name, ignoreCase: true, out var priority) && !char.IsAsciiDigit(name[0]) ? priority
            : throw text.Start.Error(LoadCodes.YamlValidate, $"Invalid priority '{text.Text}'; allowed are {string.Join(", ", Enum.GetNames<Priority>())}", item.Title);
    }

    private long ReadCaptureDuration()
    {
        if (item.Optional("capture_duration") is not { } text)
        {
            return 0;
        }

        return uint.TryParse(text.Text, System.Globalization.CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds
            : throw text.Start.Error(LoadCodes.YamlValidate, $"Can't decode YAML scalar value '{text.Text}' of 'capture_duration'; allowed are milliseconds from 0", item.Title);
    }

    private void Warn(string key, string code, string message) => set.Warnings.Add(item.LocationOf(key).Message(code, message, item.Title));
}
