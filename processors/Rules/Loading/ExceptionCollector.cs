using Syscribe.Rules.Fields;
using Syscribe.Rules.Syntax;
using YamlDotNet.RepresentationModel;

namespace Syscribe.Rules.Loading;

/// <summary>Reads the <c>exceptions</c> of a rule item, of both shapes.</summary>
internal static class ExceptionCollector
{
    public static List<ExceptionDefinition> Read(DefinitionSet set, YamlItem rule)
    {
        var result = new List<ExceptionDefinition>();
        foreach (var item in rule.Items("exceptions"))
        {
            var exception = ReadNew(item);
            if (result.Exists(other => other.Name == exception.Name))
            {
                Warn(set, item, LoadCodes.ExceptionNameNotUnique, $"Multiple definitions of exception '{exception.Name}' in the same rule");
            }

            ReadValues(item, exception);
            result.Add(exception);
        }

        return result;
    }

    /// <summary>Adds values to exceptions that the rule has, and adds those that it has not.</summary>
    public static void Append(DefinitionSet set, YamlItem rule, RuleDefinition definition)
    {
        foreach (var item in rule.Items("exceptions"))
        {
            var name = item.Required("name").Text;
            var existing = definition.Exceptions.Find(exception => exception.Name == name);
            if (existing is null)
            {
                var added = ReadNew(item);
                ReadValues(item, added);
                definition.Exceptions.Add(added);
                continue;
            }

            foreach (var key in new[] { "fields", "comps" }.Where(item.Has))
            {
                throw item.LocationOf(key).Error(LoadCodes.Validate, $"Can not append {key} to existing exception '{name}', only values", item.Title);
            }

            if (!item.Has("values"))
            {
                Warn(set, item, LoadCodes.AppendNoValues, $"Overriding or appending exception '{name}' with no values");
            }

            ReadValues(item, existing);
        }
    }

    private static void Warn(DefinitionSet set, YamlItem item, string code, string message)
    {
        set.Warnings.Add(item.Location.Message(code, message, item.Title));
    }

    private static ExceptionDefinition ReadNew(YamlItem item)
    {
        var name = item.Required("name").Text;
        if (!item.TryNode("fields", out var fields))
        {
            throw item.Location.Error(LoadCodes.YamlValidate, $"Rule exception '{name}' must have 'fields'", item.Title);
        }

        var exception = new ExceptionDefinition(name, item.Location) { IsTuple = fields is YamlSequenceNode };
        if (exception.IsTuple)
        {
            exception.Fields = [.. item.Texts("fields")!.Select(field => field.Text)];
            exception.Operators = item.Has("comps") ? [.. item.Texts("comps")!.Select(op => op.Text)] : [.. exception.Fields.Select(_ => "=")];
            if (exception.Fields.Count != exception.Operators.Count)
            {
                throw item.LocationOf("comps").Error(LoadCodes.Validate, $"Fields and comps lists of exception '{name}' must have equal length, not {exception.Fields.Count} and {exception.Operators.Count}", item.Title);
            }
        }
        else
        {
            exception.Fields = [item.Required("fields").Text];
            exception.Operators = [item.Optional("comps")?.Text ?? "in"];
        }

        Check(item, exception);
        return exception;
    }

    private static void Check(YamlItem item, ExceptionDefinition exception)
    {
        foreach (var op in exception.Operators)
        {
            var words = op.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var modified = words.Length == 2 && words[1] is "oneof" or "anyof" or "allof";
            var known = words.Length > 0 && (words.Length == 1 || modified) && OperatorNames.TryParse(words[0], out var parsed)
                && parsed != CompareOperator.Exists && (exception.IsTuple || modified || parsed.TakesList());
            if (!known)
            {
                throw item.LocationOf("comps").Error(LoadCodes.Validate, exception.IsTuple
                    ? $"'{op}' is not a supported comparison operator of exception '{exception.Name}'"
                    : $"'{op}' is not a supported comparison operator of exception '{exception.Name}': with a single field it is in, pmatch, intersects, or a text operator with oneof, anyof or allof", item.Title);
            }
        }

        foreach (var field in exception.Fields)
        {
            var bracket = field.IndexOf('[');
            var name = bracket < 0 ? field : field[..bracket];
            if (!FieldTable.IsName(name))
            {
                throw item.LocationOf("fields").Error(LoadCodes.Validate, $"'{field}' is not a supported filter field of exception '{exception.Name}'; did you mean '{FieldTable.Nearest(name)}'?", item.Title);
            }
        }
    }

    private static void ReadValues(YamlItem item, ExceptionDefinition exception)
    {
        if (!item.TryNode("values", out var values) || YamlItem.IsNull(values))
        {
            return;
        }

        if (values is not YamlSequenceNode rows)
        {
            throw item.LocationOf("values").Error(LoadCodes.YamlValidate, $"'values' of exception '{exception.Name}' is not a sequence, but {YamlItem.Kind(values)}", item.Title);
        }

        foreach (var row in rows.Children)
        {
            exception.Values.Add(exception.IsTuple ? Tuple(item, exception, row) : [Quote(item.Text(row, "values").Text)]);
        }
    }

    private static string[] Tuple(YamlItem item, ExceptionDefinition exception, YamlNode row)
    {
        if (row is not YamlSequenceNode cells || cells.Children.Count != exception.Fields.Count)
        {
            var seen = row is YamlSequenceNode other ? $"{other.Children.Count} entries" : YamlItem.Kind(row);
            throw item.LocationOf("values").Error(LoadCodes.Validate, $"Exception '{exception.Name}': values item must have {exception.Fields.Count} entries, one per field, not {seen}", item.Title);
        }

        return [.. cells.Children.Select((cell, i) => Operand(item, cell, exception.Operators[i]))];
    }

    private static string Operand(YamlItem item, YamlNode cell, string op)
    {
        if (cell is YamlSequenceNode list)
        {
            return "(" + string.Join(", ", list.Children.Select(entry => Quote(item.Text(entry, "values").Text))) + ")";
        }

        var value = item.Text(cell, "values").Text;
        var takesList = op.Contains(' ', StringComparison.Ordinal) || (OperatorNames.TryParse(op, out var parsed) && parsed.TakesList());
        return !takesList ? Quote(value) : value.StartsWith('(') ? value : $"({Quote(value)})";
    }

    /// <summary>Values are pasted as they are; only a blank makes quotes necessary.</summary>
    internal static string Quote(string value) =>
        value.Contains(' ', StringComparison.Ordinal) && !value.StartsWith('"') && !value.StartsWith('\'') ? $"\"{value}\"" : value;
}
