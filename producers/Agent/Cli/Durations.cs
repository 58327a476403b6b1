using System.CommandLine.Parsing;
using System.Globalization;

namespace Syscribe.Agent.Cli;

/// <summary>Times on the command line: a number and its unit.</summary>
internal static class Durations
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>For an option's <c>CustomParser</c>.</summary>
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number > 0)
            {
                return number * unit;
            }
        }

        result.AddError($"\"{text}\" is no time: a number over 0 and ms, s, m or h, as 30s.");
        return null;
    }
}
