using System.Text.Json;
using Avro;

namespace Syscribe.Kafka;

/// <summary>
/// Whether data of a writer's schema can be read with a reader's, by Avro's rules of schema resolution, and if not, why and where.
/// <see href="https://avro.apache.org/docs/1.12.0/specification/#schema-resolution" />
/// </summary>
internal sealed class SchemaCompatibility
{
    private readonly List<string> _problems = [];

    // Pairs done, and pairs under way, which are readable until shown otherwise: a recursive schema comes back to itself.
    private readonly Dictionary<(Schema Reader, Schema Writer), bool> _readable = new(new ByReference());

    private SchemaCompatibility()
    {
    }

    /// <summary>What stands in the way; empty where every record of the writer can be read.</summary>
    public static IReadOnlyList<string> Problems(Schema reader, Schema writer)
    {
        var check = new SchemaCompatibility();
        check.Check(reader, writer, "");
        return check._problems;
    }

    private void Check(Schema reader, Schema writer, string path)
    {
        if (_readable.TryGetValue((reader, writer), out var readable))
        {
            if (!readable)
                Add(path, $"TYPE_MISMATCH: {Describe(reader)} cannot read {Describe(writer)}, as told before");

            return;
        }

        var before = _problems.Count;
        _readable[(reader, writer)] = true;
        Compare(Underlying(reader), Underlying(writer), path);
        _readable[(reader, writer)] = _problems.Count == before;
    }

    private bool Reads(Schema reader, Schema writer)
    {
        var before = _problems.Count;
        Check(reader, writer, "");
        var reads = _problems.Count == before;
        _problems.RemoveRange(before, _problems.Count - before);
        return reads;
    }

    private void Compare(Schema reader, Schema writer, string path)
    {
        switch (reader, writer)
        {
            case (_, UnionSchema branches):
                CheckEveryBranch(reader, branches, path);
                break;
            case (UnionSchema branches, _):
                if (!branches.Schemas.Any(branch => Reads(branch, writer)))
                    Add(path, $"MISSING_UNION_BRANCH: the reader's union has no branch for {Describe(writer)}");
                break;
            case (RecordSchema to, RecordSchema from):
                CheckRecord(to, from, path);
                break;
            case (EnumSchema to, EnumSchema from):
                CheckEnum(to, from, path);
                break;
            case (FixedSchema to, FixedSchema from):
                CheckName(to, from, path);
                if (to.Size != from.Size)
                    Add(path, $"FIXED_SIZE_MISMATCH: expected {from.Size} bytes, found {to.Size}");
                break;
            case (ArraySchema to, ArraySchema from):
                Check(to.ItemSchema, from.ItemSchema, path + "/items");
                break;
            case (MapSchema to, MapSchema from):
                Check(to.ValueSchema, from.ValueSchema, path + "/values");
                break;
            default:
                if (reader.Tag != writer.Tag && !IsPromoted(writer.Tag, reader.Tag))
                    Add(path, $"TYPE_MISMATCH: reader type {Describe(reader)} not compatible with writer type {Describe(writer)}");
                break;
        }
    }

    private void CheckEveryBranch(Schema reader, UnionSchema writer, string path)
    {
        for (var i = 0; i < writer.Count; i++)
        {
            if (reader is not UnionSchema)
            {
                Check(reader, writer[i], $"{path}/{i}");
                continue;
            }

            if (!((UnionSchema)reader).Schemas.Any(branch => Reads(branch, writer[i])))
                Add($"{path}/{i}", $"MISSING_UNION_BRANCH: the reader's union has no branch for {Describe(writer[i])}");
        }
    }

    private void CheckRecord(RecordSchema reader, RecordSchema writer, string path)
    {
        CheckName(reader, writer, path);
        foreach (var field in reader.Fields)
        {
            var at = $"{path}/fields/{field.Pos}";
            if (Written(field, writer) is { } written)
                Check(field.Schema, written.Schema, at + "/type");
            else if (field.DefaultValue is null)
                Add(at, $"READER_FIELD_MISSING_DEFAULT_VALUE: the field '{field.Name}' has no default value and is missing in the writer's schema");
        }
    }

    private void CheckEnum(EnumSchema reader, EnumSchema writer, string path)
    {
        CheckName(reader, writer, path);
        if (reader.Default is not null)
            return;

        var missing = writer.Symbols.Where(symbol => !reader.Contains(symbol)).ToList();
        if (missing.Count != 0)
            Add(path + "/symbols", $"MISSING_ENUM_SYMBOLS: the reader's enum has no default and lacks the symbols [{string.Join(", ", missing)}]");
    }

    private void CheckName(NamedSchema reader, NamedSchema writer, string path)
    {
        if (reader.Name != writer.Name && !Aliases(reader).Contains(writer.Fullname))
            Add(path + "/name", $"NAME_MISMATCH: expected {writer.Fullname}, found {reader.Fullname}");
    }

    private void Add(string path, string problem) => _problems.Add($"{problem} at path {(path.Length == 0 ? "/" : path)}");

    private static Field? Written(Field field, RecordSchema writer)
    {
        if (writer.TryGetField(field.Name, out var same))
            return same;

        foreach (var alias in field.Aliases ?? [])
        {
            if (writer.TryGetField(alias, out var old))
                return old;
        }

        return null;
    }

    // Logical types bear on meaning, not on the bytes.
    private static Schema Underlying(Schema schema) => schema is LogicalSchema logical ? logical.BaseSchema : schema;

    // Apache.Avro keeps a type's aliases to itself, but writes them.
    private static IEnumerable<string> Aliases(NamedSchema schema)
    {
        using var json = JsonDocument.Parse(schema.ToString());
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("aliases", out var aliases)
            ? [.. aliases.EnumerateArray().Select(alias => Qualified(alias.GetString() ?? "", schema.Namespace))]
            : [];
    }

    private static string Qualified(string name, string? space) =>
        name.Contains('.', StringComparison.Ordinal) || string.IsNullOrEmpty(space) ? name : $"{space}.{name}";

    private static bool IsPromoted(Schema.Type from, Schema.Type to) => (from, to) switch
    {
        (Schema.Type.Int, Schema.Type.Long or Schema.Type.Float or Schema.Type.Double) => true,
        (Schema.Type.Long, Schema.Type.Float or Schema.Type.Double) => true,
        (Schema.Type.Float, Schema.Type.Double) => true,
        (Schema.Type.String, Schema.Type.Bytes) or (Schema.Type.Bytes, Schema.Type.String) => true,
        _ => false,
    };

    private static string Describe(Schema schema) => schema is NamedSchema named ? named.Fullname : schema.Name;

    private sealed class ByReference : IEqualityComparer<(Schema Reader, Schema Writer)>
    {
        public bool Equals((Schema Reader, Schema Writer) x, (Schema Reader, Schema Writer) y) =>
            ReferenceEquals(x.Reader, y.Reader) && ReferenceEquals(x.Writer, y.Writer);

        public int GetHashCode((Schema Reader, Schema Writer) pair) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Reader),
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Writer));
    }
}
