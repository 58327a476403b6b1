using static Syscribe.Rules.Tests.Conditions;

namespace Syscribe.Rules.Tests.Loading;

public sealed class RuleLoaderTests
{
    [Theory]
    [InlineData("- rule: x\n  condition: [", "a.yaml:3:1: LOAD_ERR_YAML_PARSE: ")]
    [InlineData("rule: x", "a.yaml:1:1: LOAD_ERR_YAML_VALIDATE: Rules content is not a sequence, but a mapping; a rule file is a list of items, each beginning with one of: rule, macro, list")]
    [InlineData("- x", "a.yaml:1:3: LOAD_ERR_YAML_VALIDATE: Unexpected element type: a scalar")]
    [InlineData("- rule: x\n  desc: d", "a.yaml:1:3: LOAD_ERR_YAML_VALIDATE: rule 'x': Item has no mapping for key 'condition'")]
    [InlineData("- macro: x\n  condition:", "a.yaml:2:13: LOAD_ERR_YAML_VALIDATE: macro 'x': Mapping for key 'condition' is empty")]
    [InlineData("- macro: x\n  condition: \"\"", "a.yaml:2:14: LOAD_ERR_YAML_VALIDATE: macro 'x': Value of 'condition' is an empty string")]
    [InlineData("- macro: x\n  condition: [a]", "Value of 'condition' is not a scalar value, but a sequence")]
    [InlineData("- list: x", "a.yaml:1:3: LOAD_ERR_YAML_VALIDATE: list 'x': Item has no mapping for key 'items'")]
    [InlineData("- list: x\n  items: a", "Value of 'items' is not a sequence, but a scalar")]
    [InlineData("- list: x\n  items: [a]\n  append: true", "no list by that name already exists")]
    [InlineData("- macro: x\n  condition: evt.num=1\n  override: {condition: append}", "no macro by that name already exists")]
    [InlineData("- macro: x\n  condition: evt.num=1\n  append: maybe", "a.yaml:3:11: LOAD_ERR_YAML_VALIDATE: macro 'x': Can't decode YAML scalar value 'maybe' of 'append'; allowed are true and false")]
    [InlineData("- required_engine_version: 1.0.0", "a.yaml:1:28: LOAD_ERR_VALIDATE: Rules require engine version 1.0.0, but engine version is 0.63.0")]
    [InlineData("- required_engine_version: 64", "Rules require engine version 0.64.0")]
    [InlineData("- required_engine_version: x", "Expected \"x.y.z\" semver format")]
    [InlineData("- required_plugin_versions: [{name: json, version: 0.1.0}]", "must load one of: json 0.1.0; built in is container 0.7.1")]
    [InlineData("- required_plugin_versions: [{name: container, version: 1.0.0}]", "must load one of: container 1.0.0")]
    [InlineData("- macro: x\n  condition: evt.num = 1 and\n    proc.nmae ~ x", "a.yaml:3:15: LOAD_ERR_COMPILE_CONDITION: macro 'x': expected an operator")]
    [InlineData("- macro: x\n  condition: >\n    evt.num = 1\n    and b !\n", "a.yaml:4:11: LOAD_ERR_COMPILE_CONDITION: macro 'x': expected 'and'")]
    [InlineData("- macro: x\n  condition: y\n- macro: y\n  condition: x", "a.yaml:2:14: LOAD_ERR_COMPILE_CONDITION: macro 'x': Undefined macro 'y' used in filter.")]
    [InlineData("- macro: x\n  condition: evt.num=1\n- macro: x\n  condition: x", "reference loop in macro 'x'")]
    public void Errors_say_where_and_what_is_allowed(string yaml, string message) =>
        Assert.Contains(message, LoadError(yaml), StringComparison.Ordinal);

    [Fact]
    public void A_condition_error_is_placed_behind_substituted_lists()
    {
        var yaml = "- list: shells\n  items: [ash, bash, csh, dash]\n" + Rule("r", "|\n    proc.name in (shells) and\n    fd.nmae = x");
        Assert.StartsWith("a.yaml:7:5: LOAD_ERR_COMPILE_CONDITION: rule 'r': unknown field \"fd.nmae\"; did you mean \"fd.name\"?", LoadError(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_inside_a_macro_is_placed_in_the_macro()
    {
        var yaml = "- macro: inner\n  condition: evt.num = 1 and\n    proc.nmae = x\n- macro: outer\n  condition: inner or evt.num = 2\n" + Rule("r", "evt.type = open and outer");
        Assert.StartsWith("a.yaml:3:5: LOAD_ERR_COMPILE_CONDITION: rule 'r': unknown field \"proc.nmae\"", LoadError(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_error_is_placed_at_its_token()
    {
        var yaml = "- rule: r\n  desc: d\n  condition: evt.num = 1\n  priority: Info\n  output: >\n    text %proc.name\n    and %proc.nmae\n";
        Assert.Contains("a.yaml:7:10: LOAD_ERR_COMPILE_OUTPUT: rule 'r': invalid formatting token: unknown field \"proc.nmae\"", LoadError(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_file_stops_at_its_first_error_and_the_others_go_on()
    {
        var result = RuleLoader.Load([new RuleSource("a.yaml", "- x\n- y"), new RuleSource("b.yaml", "- z")]);
        Assert.Equal(["a.yaml", "b.yaml"], result.Errors.Select(error => error.File));
        Assert.Null(result.RuleSet);
    }

    [Theory]
    [InlineData("- foo: 1", "LOAD_UNKNOWN_ITEM")]
    [InlineData("- macro: x\n  condition: evt.num=1\n  color: red", "LOAD_UNKNOWN_KEY")]
    [InlineData("- macro: x\n  condition: evt.num=1", "LOAD_UNUSED_MACRO")]
    [InlineData("- list: x\n  items: [a]", "LOAD_UNUSED_LIST")]
    [InlineData("- list: a(b\n  items: [a]", "LOAD_INVALID_LIST_NAME")]
    [InlineData("- macro: 1x\n  condition: evt.num=1", "LOAD_INVALID_MACRO_NAME")]
    [InlineData("- list: x\n  items: [a]\n- list: x\n  append: true\n  items: [b]", "LOAD_DEPRECATED_ITEM")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.num=1}", "LOAD_NO_EVTTYPE")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.type != open}", "LOAD_NO_EVTTYPE")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.type=open, source: k8s_audit}", "LOAD_UNKNOWN_SOURCE")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.type=open and evt.dir=<}", "LOAD_DEPRECATED_ITEM")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.type=open and proc.name=proc.pname}", "LOAD_COMPILE_CONDITION")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: a.b = 1, skip-if-unknown-filter: true}", "LOAD_UNKNOWN_FILTER")]
    [InlineData("- {rule: r, desc: d, output: '%a.b', priority: Debug, condition: evt.num=1, skip-if-unknown-filter: true}", "LOAD_UNKNOWN_FILTER")]
    public void Warnings_carry_their_code(string yaml, string code) => Assert.Contains(Load(yaml).Warnings, warning => warning.Code == code && warning.Line > 0);

    [Theory]
    [InlineData("evt.type = open")]
    [InlineData("evt.type in (open, openat)")]
    [InlineData("not evt.type != open")]
    [InlineData("not (evt.type != open or proc.name = x)")]
    public void Rules_that_name_their_event_types_are_not_warned_of(string condition) =>
        Assert.DoesNotContain(Load(Rule("r", condition)).Warnings, warning => warning.Code == "LOAD_NO_EVTTYPE");

    [Fact]
    public void Warn_evttypes_false_silences_its_warning() =>
        Assert.Empty(Load(Rule("r", "evt.num = 1", "  warn_evttypes: false\n")).Warnings);

    [Fact]
    public void Scalars_are_text_and_documents_and_nulls_are_accepted()
    {
        var load = Load("- list: odd\n  items: [22, yes, 0x10, null, ~, 'a b', '\"q q\"']\n-\n---\n---\n" + Rule("r", "proc.name in (odd)"));
        foreach (var value in new[] { "22", "yes", "0x10", "null", "~", "a b", "q q" })
        {
            Assert.Equal(["r"], Matches(load, ("proc.name", value)));
        }

        Assert.Equal([], Matches(load, ("proc.name", "16")));
    }

    [Fact]
    public void Priorities_are_read_without_case_and_filtered()
    {
        Assert.Equal(Priority.Informational, Load(Rule("r", "evt.num=1").Replace("Debug", "iNfO", StringComparison.Ordinal)).RuleSet!.Rules[0].Priority);
        Assert.Contains("Invalid priority 'Loud'; allowed are Emergency, Alert, Critical", LoadError(Rule("r", "evt.num=1").Replace("Debug", "Loud", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.False(Load(Rule("r", "evt.num=1"), new RuleLoadOptions { MinimumPriority = Priority.Notice }).RuleSet!.Rules[0].Enabled);
    }

    [Theory]
    [InlineData("enabled: false\n  override: {enabled: replace}", false)]
    [InlineData("enabled: false", false)]
    [InlineData("enabled: true\n  override: {enabled: replace}", true)]
    public void Enabled_is_switched_by_a_later_item(string item, bool enabled) =>
        Assert.Equal(enabled, Load(Rule("r", "evt.num = 1", "  enabled: " + (enabled ? "false" : "true") + "\n") + $"- rule: r\n  {item}\n").RuleSet!.Rules[0].Enabled);

    [Fact]
    public void Overrides_append_and_replace()
    {
        var rule = Load(Rule("r", "evt.num = 1", "  tags: [b]\n") + """
            - rule: r
              condition: or evt.num = 2
              output: more %proc.name
              desc: new
              tags: [a, b]
              priority: Alert
              override: {condition: append, output: append, desc: replace, tags: append, priority: replace}
            """, new RuleLoadOptions { SuggestedOutput = false }).RuleSet!.Rules[0];
        Assert.Equal(("evt.num = 1 or evt.num = 2", "o more %proc.name", "new", Priority.Alert), (rule.ConditionText, rule.Output.Text, rule.Description, rule.Priority));
        Assert.Equal(["a", "b"], rule.Tags);
    }

    [Theory]
    [InlineData("- rule: r\n  priority: Debug\n  override: {priority: append}", "Key 'priority' cannot be appended to, use one of: condition, output, desc, tags, exceptions")]
    [InlineData("- rule: r\n  source: x\n  override: {source: replace}", "Key 'source' cannot be replaced")]
    [InlineData("- rule: r\n  override: {condition: append}", "An append override for 'condition' was specified but 'condition' is not defined")]
    [InlineData("- rule: r\n  desc: x\n  condition: evt.num = 2\n  override: {condition: append}", "Key 'desc' is present but has no operation under 'override'")]
    [InlineData("- rule: r\n  condition: x\n  append: true\n  override: {condition: append}", "cannot be used together")]
    [InlineData("- rule: r\n  condition: x\n  override: {condition: prepend}", "Invalid override operation 'prepend'")]
    [InlineData("- rule: s\n  condition: x\n  override: {condition: append}", "no rule by that name already exists")]
    [InlineData("- rule: s\n  condition: x\n  append: true", "no rule by that name already exists")]
    [InlineData("- rule: s\n  enabled: false", "no rule by that name already exists")]
    [InlineData("- rule: r\n  append: true", "Appended rule must have exceptions or condition property")]
    [InlineData("- {rule: r, desc: d, output: o, priority: Debug, condition: evt.num=1, source: other}", "re-defined with a different source")]
    public void Wrong_overrides_are_refused(string item, string message) =>
        Assert.Contains(message, LoadError(Rule("r", "evt.num = 1") + item), StringComparison.Ordinal);

    [Fact]
    public void Lists_and_macros_append_and_are_replaced()
    {
        var load = Load("""
            - list: l
              items: [a]
            - list: l
              items: [b]
              override: {items: append}
            - macro: m
              condition: proc.name in (l)
            - macro: m
              condition: or proc.name = c
              override: {condition: append}
            - macro: n
              condition: evt.num = 5
            - macro: n
              condition: m
            """ + "\n" + Rule("r", "n"));
        Assert.All(["a", "b", "c"], name => Assert.Equal(["r"], Matches(load, ("proc.name", name))));
        Assert.Equal([], Matches(load, ("evt.num", 5)));
    }

    [Fact]
    public void An_empty_list_takes_a_comma_with_it()
    {
        var load = Load("- list: none\n  items: []\n" + Rule("r", "proc.name in (a, none, b) or proc.pname in (none, c) or proc.exe in (none)"));
        Assert.Equal(["r"], Matches(load, ("proc.name", "b")));
        Assert.Equal(["r"], Matches(load, ("proc.pname", "c")));
        Assert.Equal([], Matches(load, ("proc.exe", "none")));
    }

    [Fact]
    public void Digests_tell_what_rules_say_and_not_where_they_are()
    {
        var one = Load("- macro: m\n  condition: evt.num=1\n" + Rule("r", "m")).RuleSet!.Digest;
        Assert.Equal(one, Load(Rule("r", "evt.num = 1")).RuleSet!.Digest);
        Assert.NotEqual(one, Load(Rule("r", "evt.num = 2")).RuleSet!.Digest);
        Assert.Equal(64, one.Length);
    }

    [Fact]
    public void Directories_are_read_in_name_order()
    {
        var directory = Directory.CreateTempSubdirectory("syscribe-rules-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "b.yml"), Rule("b", "evt.num = 1"));
            File.WriteAllText(Path.Combine(directory.FullName, "a.yaml"), Rule("a", "evt.num = 1"));
            File.WriteAllText(Path.Combine(directory.FullName, "c.txt"), "no rules");
            Assert.Equal(["a", "b"], RuleLoader.LoadPaths([directory.FullName]).RuleSet!.Rules.Select(rule => rule.Name));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
