using System.Globalization;
using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>
/// Fields given by name, for tests of rules. What is not given is missing. A value is a string, a byte array, an integer, a
/// Boolean, or a list of strings; for a field used with an argument the key has it too, as <c>proc.aname[2]</c>.
/// </summary>
public sealed class FieldBag : FieldSource
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Takes <paramref name="values"/>; null values are missing fields.</summary>
    public FieldBag(IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                _values[name] = Normalise(value);
            }
        }

        NextEvent();
    }

    /// <summary>The value of <c>evt.type</c>; null where it is missing.</summary>
    public string? EventType => _values.TryGetValue("evt.type", out var type) ? Text(type).ToString() : null;

    /// <inheritdoc />
    public override bool HasDescriptor => _values.ContainsKey("fd.type")
        || Known("fd.cip", "fd.sip", "fd.lip", "fd.rip", "fd.cport", "fd.sport", "fd.ip", "fd.net", "fd.port");

    /// <inheritdoc />
    public override bool TryGetText(FieldRef field, out Utf8 value)
    {
        value = default;
        if (TryFind(field, out var found))
        {
            value = found is Utf8[] list ? Join(list) : Text(found);
        }

        return !value.IsNull;
    }

    /// <inheritdoc />
    public override bool TryGetNumber(FieldRef field, out long value)
    {
        value = 0;
        return TryFind(field, out var found) && TryNumber(found, out value);
    }

    /// <inheritdoc />
    public override bool TryGetAddress(FieldRef field, out Utf8 value)
    {
        // A domain field's address is its sibling's: fd.sip for fd.sip.name. Networks are given as the address too.
        var name = field.Field.IsDomain ? field.Field.Name[..^".name".Length]
            : field.Field.Type == FieldType.Net ? field.Field.Name.Replace("net", "ip", StringComparison.Ordinal)
            : field.Text;
        value = default;
        return (_values.TryGetValue(field.Text, out var found) && !field.Field.IsDomain || _values.TryGetValue(name, out found))
            && Addresses.TryParse(Text(found!).ToString(), out value);
    }

    /// <inheritdoc />
    public override bool TryGetEndpoints(out Endpoints endpoints)
    {
        var type = _values.TryGetValue("fd.type", out var given) ? Text(given).ToString() : null;
        endpoints = default;
        if (type is not (null or "ipv4" or "ipv6") || (type is null && !HasDescriptor))
        {
            return false;
        }

        endpoints = new Endpoints(AddressOf("fd.cip", "fd.lip"), AddressOf("fd.sip", "fd.rip"), PortOf("fd.cport", "fd.lport"), PortOf("fd.sport", "fd.rport"));
        if (Known("fd.ip", "fd.net", "fd.port"))
        {
            var port = PortOf("fd.port", "fd.sport");
            endpoints = new Endpoints(AddressOf("fd.ip", "fd.net"), endpoints.Server, port, port);
        }
        else if (!Known("fd.cip", "fd.sip", "fd.lip", "fd.rip", "fd.cport", "fd.sport", "fd.lport", "fd.rport"))
        {
            endpoints = Addresses.Endpoints(type == "ipv6", default, default, -1, -1);
        }

        return true;
    }

    private static object Normalise(object value) => value switch
    {
        string text => Utf8.From(text),
        byte[] bytes => Utf8.Copy(bytes),
        bool flag => flag,
        int number => (long)number,
        long number => number,
        ulong number => unchecked((long)number),
        IEnumerable<string> list => list.Select(Utf8.From).ToArray(),
        _ => throw new ArgumentException($"a field's value is a string, bytes, an integer, a Boolean or a list of strings, not {value.GetType().Name}"),
    };

    private static Utf8 Text(object value) => value switch
    {
        Utf8 text => text,
        bool flag => Utf8.From(flag ? "true" : "false"),
        long number => Utf8.From(number.ToString(CultureInfo.InvariantCulture)),
        _ => default,
    };

    private static bool TryNumber(object value, out long number)
    {
        number = value switch
        {
            long given => given,
            bool flag => flag ? 1 : 0,
            _ => 0,
        };
        return value is long or bool
            || (value is Utf8 text && (long.TryParse(text.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
                || (bool.TryParse(text.ToString(), out var parsed) && FieldDefinition.Set(parsed, out number))));
    }

    private static Utf8 Join(Utf8[] list) => Utf8.From(string.Join(' ', list));

    private bool Known(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_values.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFind(FieldRef field, out object found)
    {
        if (_values.TryGetValue(field.Text, out found!))
        {
            return true;
        }

        // One value of a list that was given whole; the number in fd.types[n] is a descriptor's instead.
        if ((field.ListOwner is not null || field.Field.List == ListSemantics.Any) && field.Index >= field.Field.FirstItem
            && _values.TryGetValue(field.Field.Name, out var whole))
        {
            var items = whole as Utf8[] ?? [.. Text(whole).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Utf8.From)];
            var at = field.Index - field.Field.FirstItem;
            if (at < items.Length)
            {
                found = items[at];
                return true;
            }
        }

        return TryDerive(field, out found);
    }

    // What every event has, and parts of texts that were given whole.
    private bool TryDerive(FieldRef field, out object found)
    {
        object? value = field.Field.Name switch
        {
            "evt.dir" => Utf8.From("<"),
            "evt.source" => Utf8.From("syscall"),
            "evt.latency" => 0L,
            "evt.count" => 1L,
            "proc.args" when field.Index >= 0 && Words("proc.args") is { } words => Utf8.From(field.Index < words.Length ? words[field.Index] : ""),
            "proc.env" when field.Argument is { } name && Words("proc.env") is { } words =>
                Utf8.From(words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? ""),
            _ => null,
        };
        found = value!; // Read only where true is returned.
        return value is not null;
    }

    private string[]? Words(string name) =>
        !_values.TryGetValue(name, out var text) ? null
        : text is Utf8[] list ? [.. list.Select(word => word.ToString())]
        : Text(text).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private Utf8 AddressOf(string name, string fallback) =>
        (_values.TryGetValue(name, out var text) || _values.TryGetValue(fallback, out text)) && Addresses.TryParse(Text(text).ToString(), out var address)
            ? address : default;

    private int PortOf(string name, string fallback) =>
        (_values.TryGetValue(name, out var port) || _values.TryGetValue(fallback, out port)) && TryNumber(port, out var number) ? (int)number : -1;
}
