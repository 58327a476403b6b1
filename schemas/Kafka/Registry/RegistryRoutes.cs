using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Syscribe.Kafka;

/// <summary>
/// Requests of Confluent's Schema Registry REST API, v1, to calls of the store.
/// <see href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html" />
/// </summary>
internal sealed class RegistryRoutes(RegistryStore store)
{
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Decoded segments of the path.</param>
    /// <param name="query">Value of a query parameter, or null.</param>
    /// <param name="body">JSON of the body, or null where there is none.</param>
    /// <exception cref="RegistryException">The request is refused.</exception>
    public JsonNode Answer(string method, string[] path, Func<string, string?> query, JsonNode? body) => (method, path) switch
    {
        ("GET", []) => new JsonObject(),
        ("GET", ["subjects"]) => Texts(store.Subjects()),
        ("GET", ["subjects", var s, "versions"]) => Numbers(store.Versions(s)),
        ("GET", ["subjects", var s, "versions", var v]) => Full(store.Version(s, Version(v))),
        ("GET", ["subjects", var s, "versions", var v, "schema"]) => Parsed(store.Version(s, Version(v)).Text),
        ("POST", ["subjects", var s]) => Full(store.Find(s, SchemaText(body))),
        ("POST", ["subjects", var s, "versions"]) => new JsonObject { ["id"] = store.Register(s, SchemaText(body)).Id },
        ("DELETE", ["subjects", var s]) => Numbers(store.Delete(s)),
        ("DELETE", ["subjects", var s, "versions", var v]) => store.Delete(s, Version(v)),
        ("GET", ["schemas", "types"]) => Texts(["AVRO"]),
        ("GET", ["schemas", "ids", var id]) => new JsonObject { ["schema"] = store.SchemaOf(Id(id)) },
        ("GET", ["schemas", "ids", var id, "schema"]) => Parsed(store.SchemaOf(Id(id))),
        ("GET", ["schemas", "ids", var id, "subjects"]) => Texts(store.UsesOf(Id(id)).Select(v => v.Subject)),
        ("GET", ["schemas", "ids", var id, "versions"]) => new JsonArray([.. store.UsesOf(Id(id)).Select(Use)]),
        ("GET", ["config"]) => Level("compatibilityLevel", store.Level(null)),
        ("GET", ["config", var s]) => Level("compatibilityLevel", store.Level(s, query("defaultToGlobal") == "true")),
        ("PUT", ["config"]) => SetLevel(null, body),
        ("PUT", ["config", var s]) => SetLevel(s, body),
        ("DELETE", ["config", var s]) => Level("compatibilityLevel", store.RemoveLevel(s)),
        ("GET", ["mode"]) => new JsonObject { ["mode"] = "READWRITE" },
        ("POST", ["compatibility", "subjects", var s, "versions"]) => Verdict(store.Problems(s, null, SchemaText(body)), query),
        ("POST", ["compatibility", "subjects", var s, "versions", var v]) =>
            Verdict(store.Problems(s, Version(v) ?? store.Version(s, null).Version, SchemaText(body)), query),
        _ => throw new RegistryException(404, $"HTTP 404 Not Found: {method} /{string.Join('/', path)} is no request of this registry"),
    };

    private static JsonObject Full(SchemaVersion version) => new()
    {
        ["subject"] = version.Subject,
        ["version"] = version.Version,
        ["id"] = version.Id,
        ["schema"] = version.Text,
    };

    private static JsonObject Use(SchemaVersion version) => new() { ["subject"] = version.Subject, ["version"] = version.Version };

    private static JsonObject Level(string name, CompatibilityLevel level) => new() { [name] = level.Name };

    private static JsonObject Verdict(IReadOnlyList<string> problems, Func<string, string?> query)
    {
        var verdict = new JsonObject { ["is_compatible"] = problems.Count == 0 };
        if (query("verbose") == "true")
            verdict["messages"] = Texts(problems);

        return verdict;
    }

    private JsonObject SetLevel(string? subject, JsonNode? body)
    {
        var level = CompatibilityLevels.Parse(Member(body, "compatibility"));
        store.SetLevel(subject, level);
        return Level("compatibility", level);
    }

    private static string SchemaText(JsonNode? body)
    {
        var type = Member(body, "schemaType") ?? "AVRO";
        if (type != "AVRO")
            throw RegistryException.InvalidSchema($"schema type {type} is not supported; AVRO is");

        if (body is JsonObject schema && schema["references"] is JsonArray { Count: > 0 })
            throw RegistryException.InvalidSchema("references to other schemas are not supported by the embedded registry");

        return Member(body, "schema") ?? throw RegistryException.InvalidSchema("the request has no \"schema\"");
    }

    private static string? Member(JsonNode? body, string name) =>
        body is JsonObject members && members[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    private static int? Version(string text)
    {
        if (text is "latest" or "-1")
            return null;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version
            : throw RegistryException.InvalidVersion(text);
    }

    private static int Id(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new RegistryException(404, "HTTP 404 Not Found: a schema id is a number");

    private static JsonNode Parsed(string schema) => JsonNode.Parse(schema)!; // stored schemas are JSON

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);
}
