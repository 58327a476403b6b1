using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>Reads one file into a <see cref="DefinitionSet"/>; stops at its first error.</summary>
internal sealed partial class FileCollector(RuleSource source, DefinitionSet set)
{
    private const string Shape = "a rule file is a list of items, each beginning with one of: rule, macro, list, required_engine_version, required_plugin_versions";

    /// <exception cref="LoadException">The file's first error.</exception>
    public void Read()
    {
        foreach (var document in YamlText.Parse(source, Shape).Documents)
        {
            if (YamlItem.IsNull(document.RootNode))
            {
                continue;
            }

            if (document.RootNode is not YamlSequenceNode items)
            {
                throw Location.Of(source, document.RootNode).Error(LoadCodes.YamlValidate, $"Rules content is not a sequence, but {YamlItem.Kind(document.RootNode)}; {Shape}");
            }

            foreach (var node in items.Children.Where(node => !YamlItem.IsNull(node)))
            {
                ReadItem(node);
            }
        }
    }

    private void ReadItem(YamlNode node)
    {
        if (node is not YamlMappingNode mapping)
        {
            throw Location.Of(source, node).Error(LoadCodes.YamlValidate, $"Unexpected element type: {YamlItem.Kind(node)}; {Shape}");
        }

        var item = new YamlItem(source, mapping);
        var known = true;
        if (item.Has("required_engine_version"))
        {
            Headers.ReadEngineVersion(item);
        }
        else if (item.Has("required_plugin_versions"))
        {
            set.RequiredPlugins.AddRange(Headers.ReadPluginVersions(item));
        }
        else if (item.Has("list"))
        {
            ReadList(item);
        }
        else if (item.Has("macro"))
        {
            ReadMacro(item);
        }
        else if (item.Has("rule"))
        {
            new RuleCollector(set, item).Read();
        }
        else
        {
            known = false;
            set.Warnings.Add(item.Location.Message(LoadCodes.UnknownItem, $"Unknown top level item is ignored; {Shape}"));
        }

        if (known)
        {
            set.Warnings.AddRange(item.UnknownKeys());
        }
    }

    private void ReadList(YamlItem item)
    {
        var name = item.Required("list");
        item.Title = $"list '{name.Text}'";
        if (!ListName().IsMatch(name.Text))
        {
            set.Warnings.Add(name.Start.Message(LoadCodes.InvalidListName, "List has an invalid name. List names should match the regular expression [^()\"'\\s=,]+", item.Title));
        }

        var items = item.Texts("items")?.ConvertAll(text => text.Text)
            ?? throw item.Location.Error(LoadCodes.YamlValidate, "Item has no mapping for key 'items'", item.Title);
        var overrides = Overrides.Read(item, ["items"], ["items"]);
        var append = AppendFlag(item) || overrides.Appends("items");
        var previous = set.List(name.Text);
        var index = set.NextIndex();
        if (previous is null)
        {
            if (append)
            {
                throw item.Location.Error(LoadCodes.Validate, "List has 'append' key or an append override but no list by that name already exists", item.Title);
            }

            set.Lists.Add(new ListDefinition(name.Text, index, item.Location) { Items = items });
            return;
        }

        previous.Items = append ? [.. previous.Items, .. items] : items;
        previous.Visibility = index;
    }

    private void ReadMacro(YamlItem item)
    {
        var name = item.Required("macro");
        item.Title = $"macro '{name.Text}'";
        if (!MacroName().IsMatch(name.Text))
        {
            set.Warnings.Add(name.Start.Message(LoadCodes.InvalidMacroName, "Macro has an invalid name. Macro names should match the regular expression [a-zA-Z]+[a-zA-Z0-9_]*", item.Title));
        }

        var condition = item.Required("condition");
        var overrides = Overrides.Read(item, ["condition"], ["condition"]);
        var append = AppendFlag(item) || overrides.Appends("condition");
        var previous = set.Macro(name.Text);
        var index = set.NextIndex();
        if (previous is null)
        {
            if (append)
            {
                throw item.Location.Error(LoadCodes.Validate, "Macro has 'append' key or an append override but no macro by that name already exists", item.Title);
            }

            set.Macros.Add(new MacroDefinition(name.Text, index, item.Location, condition));
            return;
        }

        previous.Condition = append ? previous.Condition.Append(" ", condition) : condition;
        previous.Visibility = index;
    }

    private bool AppendFlag(YamlItem item)
    {
        var append = item.Bool("append");
        if (append is not null)
        {
            set.Warnings.Add(item.LocationOf("append").Message(LoadCodes.DeprecatedItem, "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.", item.Title));
        }

        return append == true;
    }

    [GeneratedRegex("""^[^()"'\s=,]+$""")]
    private static partial Regex ListName();

    [GeneratedRegex("^[a-zA-Z]+[a-zA-Z0-9_]*$")]
    private static partial Regex MacroName();
}
