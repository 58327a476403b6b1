using Syscribe.Events;

namespace Syscribe.Rules.Fields;

/// <summary>Both ends of the event's socket, for fields that test either.</summary>
/// <param name="Client">Client address, or null.</param>
/// <param name="Server">Server address, or null; of a listening socket the only one.</param>
/// <param name="ClientPort">Client port; -1 for none.</param>
/// <param name="ServerPort">Server port; -1 for none.</param>
public readonly record struct Endpoints(Utf8 Client, Utf8 Server, int ClientPort, int ServerPort);

/// <summary>
/// What a compiled condition reads fields from. A read that answers false is a missing value, for which every comparison
/// is false. Not thread safe.
/// </summary>
public abstract class FieldSource
{
    private uint _generation = 3;
    private uint[] _memo = [];

    /// <summary>Answers domain names; null where none are known.</summary>
    public IDomainResolver? Resolver { get; init; }

    /// <summary>A text or byte field. Valid until the source moves to its next event.</summary>
    public abstract bool TryGetText(FieldRef field, out Utf8 value);

    /// <summary>A number or Boolean field (0 or 1).</summary>
    public abstract bool TryGetNumber(FieldRef field, out long value);

    /// <summary>An address field: 4 or 16 bytes.</summary>
    public abstract bool TryGetAddress(FieldRef field, out Utf8 value);

    /// <summary>Whether the event has a descriptor that is known, which is when fields of both ends exist.</summary>
    public abstract bool HasDescriptor { get; }

    /// <summary>Both ends of an IP socket; false for anything else.</summary>
    public abstract bool TryGetEndpoints(out Endpoints endpoints);

    /// <summary>Room for texts that are put together from several.</summary>
    internal Scratch Scratch { get; } = new();

    /// <summary>Forgets what was kept for the event before.</summary>
    protected void NextEvent()
    {
        Scratch.Clear();

        // Bit 0 of a memo holds the answer, so generations step by 2.
        _generation += 2;
        if (_generation < 2)
        {
            Array.Clear(_memo);
            _generation = 3;
        }
    }

    /// <summary>The memo of a shared part of conditions: its answer for this event, where it has been asked before.</summary>
    internal bool TryRecall(int slot, out bool answer)
    {
        var memo = slot < _memo.Length ? _memo[slot] : 0;
        answer = (memo & 1) != 0;
        return (memo | 1) == _generation;
    }

    internal void Remember(int slot, bool answer)
    {
        if (slot >= _memo.Length)
        {
            Array.Resize(ref _memo, Math.Max(64, (slot + 1) * 2));
        }

        _memo[slot] = answer ? _generation : _generation & ~1u;
    }
}

/// <summary>Domain names, resolved outside of rule evaluation: both methods answer from memory.</summary>
public interface IDomainResolver
{
    /// <summary>The name that owns <paramref name="address"/> (4 or 16 bytes).</summary>
    bool TryGetName(Utf8 address, out Utf8 name);

    /// <summary>Whether <paramref name="domain"/> resolves to <paramref name="address"/>.</summary>
    bool Resolves(Utf8 domain, Utf8 address);
}
