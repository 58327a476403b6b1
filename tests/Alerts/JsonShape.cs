using System.Text.Json;
using System.Text.RegularExpressions;

namespace Syscribe.Alerts.Tests;

/// <summary>The part of JSON Schema that <c>falco-alert.schema.json</c> uses; an unknown keyword is an error.</summary>
internal static class JsonShape
{
    public static List<string> Violations(JsonElement schema, JsonElement value)
    {
        var found = new List<string>();
        Check(schema, value, "$", found);
        return found;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> found)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "$schema" or "title":
                    break;
                case "type":
                    Require(Types(keyword.Value).Contains(TypeOf(value)), $"{path}: {TypeOf(value)}", found);
                    break;
                case "enum":
                    Require(keyword.Value.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)), $"{path}: {value}", found);
                    break;
                case "pattern":
                    Require(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!), $"{path}: {value}", found);
                    break;
                case "required":
                    foreach (var name in keyword.Value.EnumerateArray())
                    {
                        Require(value.TryGetProperty(name.GetString()!, out _), $"{path}: no {name}", found);
                    }

                    break;
                case "minProperties":
                    Require(value.EnumerateObject().Count() >= keyword.Value.GetInt32(), $"{path}: too few keys", found);
                    break;
                case "uniqueItems":
                    Require(value.EnumerateArray().Select(i => i.GetRawText()).Distinct().Count() == value.GetArrayLength(), $"{path}: not unique", found);
                    break;
                case "items":
                    foreach (var (i, item) in value.EnumerateArray().Index())
                    {
                        Check(keyword.Value, item, $"{path}[{i}]", found);
                    }

                    break;
                case "properties" or "additionalProperties":
                    break;
                default:
                    throw new NotSupportedException($"keyword {keyword.Name}");
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckProperties(schema, value, path, found);
        }
    }

    private static void CheckProperties(JsonElement schema, JsonElement value, string path, List<string> found)
    {
        foreach (var property in value.EnumerateObject())
        {
            var at = $"{path}.{property.Name}";
            if (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out var its))
            {
                Check(its, property.Value, at, found);
            }
            else if (schema.TryGetProperty("additionalProperties", out var others))
            {
                if (others.ValueKind == JsonValueKind.Object)
                {
                    Check(others, property.Value, at, found);
                }
                else
                {
                    Require(others.GetBoolean(), $"{at}: not allowed", found);
                }
            }
        }
    }

    private static void Require(bool holds, string violation, List<string> found)
    {
        if (!holds)
        {
            found.Add(violation);
        }
    }

    private static string[] Types(JsonElement types) => types.ValueKind == JsonValueKind.Array
        ? [.. types.EnumerateArray().Select(t => t.GetString()!)]
        : [types.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ValueKind.ToString().ToLowerInvariant(),
    };
}
