using System.Diagnostics.CodeAnalysis;

namespace Syscribe.Rules.Fields;

/// <summary>Every field that conditions and outputs may use.</summary>
public static class FieldTable
{
    private static readonly Dictionary<string, Field> ByName = new(StringComparer.Ordinal);

    static FieldTable()
    {
        All = [.. EventFields.All, .. DescriptorFields.All, .. ProcessFields.All, .. ContainerFields.All];
        foreach (var field in All)
        {
            ByName.Add(field.Name, field);
        }
    }

    /// <summary>The fields, in the order in which they are listed.</summary>
    public static IReadOnlyList<Field> All { get; }

    /// <summary>Finds a field and checks its argument.</summary>
    /// <param name="name">Name as written; a parameter's name may follow, as in <c>evt.arg.flags</c>.</param>
    /// <param name="argument">What stands in brackets, or null.</param>
    /// <param name="field">The field with its argument.</param>
    /// <param name="error">Why not: an unknown field names the nearest known one.</param>
    public static bool TryResolve(string name, string? argument, [NotNullWhen(true)] out FieldRef? field, [NotNullWhen(false)] out string? error)
    {
        field = null;
        var text = argument is null ? name : $"{name}[{argument}]";
        if (!TryFind(name, ref argument, out var found))
        {
            error = $"unknown field \"{name}\"; did you mean \"{Nearest(name)}\"? (filter_check called with nonexistent field {name})";
            return false;
        }

        error = Refuse(found, argument, text);
        if (error is not null)
        {
            return false;
        }

        field = new FieldRef(found, argument, text);
        return true;
    }

    /// <summary>The known field whose spelling is nearest to <paramref name="name"/>.</summary>
    public static string Nearest(string name) => EditDistance.Nearest(name, ByName.Keys);

    internal static bool IsName(string name)
    {
        string? argument = null;
        return TryFind(name, ref argument, out _);
    }

    private static bool TryFind(string name, ref string? argument, [NotNullWhen(true)] out Field? field)
    {
        if (ByName.TryGetValue(name, out field))
        {
            return true;
        }

        foreach (var candidate in All)
        {
            if (candidate.Argument == ArgumentRule.Parameter && argument is null && name.Length > candidate.Name.Length + 1
                && name[candidate.Name.Length] == '.' && name.StartsWith(candidate.Name, StringComparison.Ordinal))
            {
                argument = name[(candidate.Name.Length + 1)..];
                field = candidate;
                return true;
            }
        }

        return false;
    }

    private static string? Refuse(Field field, string? argument, string text) => field.Argument switch
    {
        ArgumentRule.None when argument is not null => $"field {field.Name} takes no argument, but {text} gives one",
        ArgumentRule.Required or ArgumentRule.Parameter when argument is null => $"field {field.Name} needs an argument, as {field.Name}[0]",
        ArgumentRule.OptionalIndex when argument is not null && (argument.Length == 0 || !argument.All(char.IsAsciiDigit)) =>
            $"field {field.Name} takes a number as argument, not \"{argument}\"",
        ArgumentRule.Parameter when argument is not null && !argument.All(char.IsAsciiDigit) && !Names.IsParameter(argument) =>
            $"no event has a parameter \"{argument}\" ({text}); did you mean \"{EditDistance.Nearest(argument, Names.Parameters)}\"?",
        _ => null,
    };
}
