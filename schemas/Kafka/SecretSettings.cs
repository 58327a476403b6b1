using System.Text.RegularExpressions;

namespace Syscribe.Kafka;

/// <summary>Which settings' values must not reach a log.</summary>
internal static partial class SecretSettings
{
    private const string Hidden = "***";

    // Parts of names of librdkafka's and the registry client's settings that hold a secret.
    private static readonly string[] Parts =
        ["password", "secret", "key.pem", "user.info", "token", "jaas", "oauthbearer.config", "assertion", "credentials"];

    public static string Redact(string name, string value) =>
        Parts.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)) && !name.EndsWith(".url", StringComparison.Ordinal)
            ? Hidden
            : UserInfo().Replace(value, "$1" + Hidden + "@");

    // user:password@ of a URL.
    [GeneratedRegex(@"(://)[^/@\s]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
