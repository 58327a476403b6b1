using System.Text.Json;
using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Tests.Oracle;

/// <summary>One measured event: its fields, the rules that Falco raised and the probe conditions that were true.</summary>
internal sealed record OracleEvent(string Id, Dictionary<string, object?> Fields, string[] Rules, string[]? Checks);

/// <summary>Reads the measured events and knows the domain names that were in force.</summary>
internal sealed class OracleFile : IDomainResolver
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["10.96.0.1"] = ["kubernetes.default.svc.cluster.local"],
        ["203.0.113.50"] = ["pool.minexmr.com", "xmr.crypto-pool.fr"],
        ["203.0.113.60"] = ["google.com"],
    };

    public static List<OracleEvent> Read(string path)
    {
        var events = new List<OracleEvent>();
        var constants = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(path))
        {
            var root = JsonDocument.Parse(line).RootElement;
            if (root.TryGetProperty("constants", out var texts))
            {
                constants = texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!);
                continue;
            }

            var fields = root.GetProperty("fields").EnumerateObject().ToDictionary(field => field.Name, field => Value(field.Value, constants));
            if (root.TryGetProperty("buffer_b64", out var buffer))
            {
                fields["evt.buffer"] = buffer.GetBytesFromBase64();
            }

            string[]? checks = root.TryGetProperty("checks", out var probes) ? [.. probes.EnumerateArray().Select(probe => probe.GetString()!)] : null;
            events.Add(new OracleEvent(root.GetProperty("id").GetString()!, fields, [.. root.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()!)], checks));
        }

        return events;
    }

    public bool TryGetName(Utf8 address, out Utf8 name)
    {
        name = default;
        return false;
    }

    public bool Resolves(Utf8 domain, Utf8 address) =>
        Names.TryGetValue(new System.Net.IPAddress(address.Span).ToString(), out var names) && names.Contains(domain.ToString());

    private static object? Value(JsonElement value, Dictionary<string, string> constants) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt64(out var number) ? number : value.GetUInt64(),
        JsonValueKind.Array => value.EnumerateArray().Select(item => item.GetString()!).ToArray(),
        JsonValueKind.Object => constants[value.GetProperty("$").GetString()!],
        _ => null,
    };
}
