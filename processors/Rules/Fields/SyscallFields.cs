using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>Reads fields from a <see cref="SyscallEvent"/> without allocating. Not thread safe.</summary>
public sealed class SyscallFields : FieldSource
{
    // One text per distinct mask; a machine has a few dozen.
    private const int MaxCapabilityTexts = 1024;

    private const int MaxEncodedTexts = 1024;

    private readonly Dictionary<ulong, Utf8> _capabilities = [];
    private readonly Dictionary<string, Utf8> _encoded = new(StringComparer.Ordinal);

    /// <summary>The event that is read.</summary>
    public SyscallEvent Event { get; private set; } = new();

    /// <summary>Moves to <paramref name="e"/>, which must stay as it is until the next call.</summary>
    public void Reset(SyscallEvent e)
    {
        Event = e;
        NextEvent();
    }

    /// <inheritdoc />
    public override bool TryGetText(FieldRef field, out Utf8 value)
    {
        if (field.Field.ReadText is { } read)
        {
            return read(this, field, out value) && !value.IsNull;
        }

        value = default;
        return false;
    }

    /// <inheritdoc />
    public override bool TryGetNumber(FieldRef field, out long value)
    {
        if (field.Field.ReadNumber is { } read)
        {
            return read(this, field, out value);
        }

        value = 0;
        return false;
    }

    /// <inheritdoc />
    public override bool TryGetAddress(FieldRef field, out Utf8 value)
    {
        if (field.Field.ReadAddress is { } read)
        {
            return read(this, field, out value) && !value.IsNull;
        }

        value = default;
        return false;
    }

    /// <inheritdoc />
    public override bool HasDescriptor => Event.HasFd && !Event.Fd.Type.IsNull;

    /// <inheritdoc />
    public override bool TryGetEndpoints(out Endpoints endpoints)
    {
        var fd = Event.Fd;
        if (!Event.HasFd || !(fd.Type.Span.SequenceEqual("ipv4"u8) || fd.Type.Span.SequenceEqual("ipv6"u8)))
        {
            endpoints = default;
            return false;
        }

        endpoints = Addresses.Endpoints(
            fd.Type.Span[3] == '6', fd.ClientIp, fd.ServerIp, fd.ClientPort ?? -1, fd.ServerPort ?? -1);
        return true;
    }

    /// <summary>The parameter named <paramref name="name"/>.</summary>
    internal bool TryGetParam(ReadOnlySpan<byte> name, out Param param)
    {
        foreach (ref readonly var candidate in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Event.Params))
        {
            if (candidate.Name.Span.SequenceEqual(name))
            {
                param = candidate;
                return true;
            }
        }

        param = default;
        return false;
    }

    internal bool TryGetParam(FieldRef field, out Param param)
    {
        if (field.Index < 0)
        {
            return TryGetParam(field.Key.Span, out param);
        }

        var found = field.Index < Event.Params.Count;
        param = found ? Event.Params[field.Index] : default;
        return found;
    }

    internal long ParamValue(ReadOnlySpan<byte> name) => TryGetParam(name, out var param) ? param.Value ?? 0 : 0;

    internal Utf8 Capabilities(ulong mask)
    {
        if (!_capabilities.TryGetValue(mask, out var text))
        {
            if (_capabilities.Count >= MaxCapabilityTexts)
            {
                _capabilities.Clear();
            }

            _capabilities[mask] = text = Names.CapabilityText(mask);
        }

        return text;
    }

    /// <summary>A container's label as bytes; there are few and they repeat.</summary>
    internal Utf8 Encode(string text)
    {
        if (!_encoded.TryGetValue(text, out var bytes))
        {
            if (_encoded.Count >= MaxEncodedTexts)
            {
                _encoded.Clear();
            }

            _encoded[text] = bytes = Utf8.From(text);
        }

        return bytes;
    }

    /// <summary>The printed form of a parameter.</summary>
    internal Utf8 Print(in Param param) =>
        param.Resolved.Length > 0 ? param.Resolved : PrintRaw(param);

    internal Utf8 PrintRaw(in Param param) =>
        !param.Text.IsNull ? param.Text
        : param.Value is { } value ? Scratch.Format(value)
        : param.Resolved;
}
