using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;
using Syscribe.Events;

namespace Syscribe.Kafka;

/// <summary>One version of a subject.</summary>
internal sealed record SchemaVersion(string Subject, int Version, int Id, string Text, Schema Parsed);

/// <summary>
/// Subjects, versions, ids and compatibility levels, in memory. Equal schemas have one id in all subjects. Schemas are equal when
/// their JSON is, white space apart. Thread safe.
/// </summary>
internal sealed class RegistryStore
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<SchemaVersion>> _subjects = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompatibilityLevel> _levels = new(StringComparer.Ordinal);
    private CompatibilityLevel _level = CompatibilityLevel.Backward;

    public IReadOnlyList<string> Subjects()
    {
        lock (_lock)
            return [.. _subjects.Keys];
    }

    public IReadOnlyList<int> Versions(string subject)
    {
        lock (_lock)
            return [.. Subject(subject).Select(v => v.Version)];
    }

    /// <param name="subject">Subject.</param>
    /// <param name="version">Version; null for the latest.</param>
    public SchemaVersion Version(string subject, int? version)
    {
        lock (_lock)
        {
            var versions = Subject(subject);
            return version is null
                ? versions[^1]
                : versions.Find(v => v.Version == version) ?? throw RegistryException.VersionNotFound(version.Value);
        }
    }

    public string SchemaOf(int id)
    {
        lock (_lock)
            return id >= 1 && id <= _texts.Count ? _texts[id - 1] : throw RegistryException.SchemaNotFound(id);
    }

    public IReadOnlyList<SchemaVersion> UsesOf(int id)
    {
        SchemaOf(id);
        lock (_lock)
            return [.. _subjects.Values.SelectMany(versions => versions).Where(v => v.Id == id)];
    }

    /// <summary>The version of the subject that has this schema.</summary>
    public SchemaVersion Find(string subject, string text)
    {
        var (canonical, _) = Parse(text);
        lock (_lock)
            return Subject(subject).Find(v => v.Text == canonical) ?? throw RegistryException.SchemaNotFound();
    }

    /// <summary>Adds a version, unless the subject has the schema already.</summary>
    public SchemaVersion Register(string subject, string text)
    {
        var (canonical, parsed) = Parse(text);
        lock (_lock)
        {
            var versions = _subjects.GetValueOrDefault(subject) ?? [];
            if (versions.Find(v => v.Text == canonical) is { } present)
                return present;

            var level = _levels.GetValueOrDefault(subject, _level);
            var problems = Problems(parsed, level, versions);
            if (problems.Count != 0)
                throw RegistryException.Incompatible(subject, problems);

            var next = versions.Count == 0 ? 1 : versions[^1].Version + 1;
            var added = new SchemaVersion(subject, next, IdOf(canonical), canonical, parsed);
            versions.Add(added);
            _subjects[subject] = versions;
            return added;
        }
    }

    /// <summary>What makes the schema unfit to be the subject's next version, judged against one version or, with null, as registering does.</summary>
    public IReadOnlyList<string> Problems(string subject, int? version, string text)
    {
        var (_, parsed) = Parse(text);
        lock (_lock)
        {
            var level = _levels.GetValueOrDefault(subject, _level);
            return version is null
                ? Problems(parsed, level, Subject(subject))
                : Problems(parsed, level, [Version(subject, version)]);
        }
    }

    public IReadOnlyList<int> Delete(string subject)
    {
        lock (_lock)
        {
            var versions = Versions(subject);
            _subjects.Remove(subject);
            _levels.Remove(subject);
            return versions;
        }
    }

    public int Delete(string subject, int? version)
    {
        lock (_lock)
        {
            var gone = Version(subject, version);
            var versions = Subject(subject);
            versions.Remove(gone);
            if (versions.Count == 0)
                _subjects.Remove(subject);

            return gone.Version;
        }
    }

    /// <summary>The level of a subject, null for the global one.</summary>
    public CompatibilityLevel Level(string? subject, bool orGlobal = false)
    {
        lock (_lock)
        {
            if (subject is null)
                return _level;

            return _levels.TryGetValue(subject, out var level) ? level
                : orGlobal ? _level
                : throw RegistryException.NoSubjectConfig(subject);
        }
    }

    public void SetLevel(string? subject, CompatibilityLevel level)
    {
        lock (_lock)
        {
            if (subject is null)
                _level = level;
            else
                _levels[subject] = level;
        }
    }

    public CompatibilityLevel RemoveLevel(string subject)
    {
        lock (_lock)
            return _levels.Remove(subject, out var level) ? level : throw RegistryException.NoSubjectConfig(subject);
    }

    private static List<string> Problems(Schema next, CompatibilityLevel level, IReadOnlyList<SchemaVersion> versions)
    {
        var problems = new List<string>();
        var judged = level.IsTransitive ? versions : versions.TakeLast(1);
        foreach (var version in judged)
        {
            if (level.NewReadsOld)
                problems.AddRange(SchemaCompatibility.Problems(next, version.Parsed).Select(p => $"{p} (reading version {version.Version})"));

            if (level.OldReadsNew)
                problems.AddRange(SchemaCompatibility.Problems(version.Parsed, next).Select(p => $"{p} (read by version {version.Version})"));
        }

        return problems;
    }

    private static (string Canonical, Schema Parsed) Parse(string text)
    {
        try
        {
            var parsed = SchemaResolver.Parse(text);
            // A primitive may come as a bare name, which is no JSON.
            var canonical = text.TrimStart() is ['{' or '[' or '"', ..] ? JsonNode.Parse(text)!.ToJsonString(Compact) : parsed.ToString();
            return (canonical, parsed);
        }
        catch (Exception e) when (e is AvroException or JsonException)
        {
            throw RegistryException.InvalidSchema($"{Excerpt(text)}: {e.Message}");
        }
    }

    private static string Excerpt(string text) => text.Length <= 80 ? text : text[..80] + "...";

    private List<SchemaVersion> Subject(string subject) =>
        _subjects.GetValueOrDefault(subject) ?? throw RegistryException.SubjectNotFound(subject);

    private int IdOf(string canonical)
    {
        if (_ids.TryGetValue(canonical, out var id))
            return id;

        _texts.Add(canonical);
        return _ids[canonical] = _texts.Count;
    }
}
