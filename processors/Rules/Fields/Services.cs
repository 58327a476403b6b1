using System.Collections.Frozen;
using System.Globalization;

namespace Syscribe.Rules.Fields;

/// <summary>Service names of <c>services(5)</c>, as Debian has them: the same on every machine that evaluates a rule.</summary>
internal static class Services
{
    private static readonly FrozenDictionary<string, int> Ports = Names.Lines("services.txt").Select(line => line.Split(' '))
        .ToFrozenDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

    public static bool TryGetPort(string name, out int port) => Ports.TryGetValue(name, out port);
}
