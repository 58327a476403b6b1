using System.Collections.Frozen;
using Syscribe.Events;

namespace Syscribe.Rules.Domains;

/// <summary>Domain names and their addresses as of one moment. Immutable; asking it allocates nothing.</summary>
internal sealed class DomainAnswers
{
    private readonly FrozenDictionary<Utf8, FrozenSet<Utf8>> _addresses;
    private readonly FrozenDictionary<Utf8, Utf8> _names;

    public DomainAnswers(IEnumerable<(Utf8 Name, Utf8[] Addresses)> answers)
    {
        var known = answers.Where(answer => answer.Addresses.Length > 0).ToList();
        _addresses = known.ToFrozenDictionary(answer => answer.Name, answer => answer.Addresses.ToFrozenSet());
        _names = known.SelectMany(answer => answer.Addresses.Select(address => (address, answer.Name)))
            .DistinctBy(pair => pair.address)
            .ToFrozenDictionary(pair => pair.address, pair => pair.Name);
    }

    public static DomainAnswers None { get; } = new([]);

    public int Names => _addresses.Count;

    public bool TryGetName(Utf8 address, out Utf8 name) => _names.TryGetValue(address, out name);

    public bool Resolves(Utf8 domain, Utf8 address) => _addresses.TryGetValue(domain, out var addresses) && addresses.Contains(address);
}
