using System.Net;

namespace Syscribe.Kafka;

/// <summary>A refusal as the registry's REST API states it. The first three digits of a code of five are the HTTP status.</summary>
internal sealed class RegistryException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    public HttpStatusCode Status => (HttpStatusCode)(Code >= 10000 ? Code / 100 : Code);

    public static RegistryException SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static RegistryException VersionNotFound(int version) => new(40402, $"Version {version} not found.");

    public static RegistryException SchemaNotFound() => new(40403, "Schema not found");

    public static RegistryException SchemaNotFound(int id) => new(40403, $"Schema {id} not found");

    public static RegistryException NoSubjectConfig(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryException InvalidSchema(string why) => new(42201, $"Invalid schema: {why}");

    public static RegistryException InvalidVersion(string version) =>
        new(42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryException InvalidLevel(string? level) =>
        new(42203, $"Invalid compatibility level '{level}'. Valid values are {string.Join(", ", CompatibilityLevels.Names)}");

    public static RegistryException Incompatible(string subject, IEnumerable<string> details) =>
        new(409, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join("; ", details)}]");
}
