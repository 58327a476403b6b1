using Avro;

namespace Syscribe.Kafka.Tests;

public class SchemaCompatibilityTests
{
    [Theory]
    [InlineData("\"long\"", "\"int\"")]
    [InlineData("\"double\"", "\"long\"")]
    [InlineData("\"bytes\"", "\"string\"")]
    [InlineData("""["null","string"]""", "\"string\"")]
    [InlineData("""["null","string","long"]""", """["string","null"]""")]
    [InlineData("\"string\"", """["string"]""")]
    [InlineData("""{"type":"array","items":"long"}""", """{"type":"array","items":"int"}""")]
    [InlineData("""{"type":"map","values":["null","int"]}""", """{"type":"map","values":"int"}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","B","C"]}""", """{"type":"enum","name":"E","symbols":["B","A"]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"A"}""", """{"type":"enum","name":"E","symbols":["A","B"]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"],"default":null}]}""", """{"type":"record","name":"R","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"b","aliases":["a"],"type":"int"}]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"New","namespace":"n","aliases":["Old"],"fields":[]}""", """{"type":"record","name":"Old","namespace":"n","fields":[]}""")]
    [InlineData("""{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""", """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"long\"")]
    public void Readable(string reader, string writer) =>
        Assert.Empty(SchemaCompatibility.Problems(Schema.Parse(reader), Schema.Parse(writer)));

    [Theory]
    [InlineData("\"int\"", "\"long\"", "TYPE_MISMATCH: reader type int not compatible with writer type long at path /")]
    [InlineData("\"string\"", """["null","string"]""", "TYPE_MISMATCH: reader type string not compatible with writer type null at path /0")]
    [InlineData("""["null","int"]""", "\"string\"", "MISSING_UNION_BRANCH: the reader's union has no branch for string at path /")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"E","symbols":["A","B","C"]}""", "MISSING_ENUM_SYMBOLS: the reader's enum has no default and lacks the symbols [B, C] at path /symbols")]
    [InlineData("""{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"F","size":8}""", "FIXED_SIZE_MISMATCH: expected 8 bytes, found 4 at path /")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"S","fields":[]}""", "NAME_MISMATCH: expected S, found R at path /name")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", """{"type":"record","name":"R","fields":[]}""", "READER_FIELD_MISSING_DEFAULT_VALUE: the field 'a' has no default value and is missing in the writer's schema at path /fields/0")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"int"}}]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"string"}}]}""", "TYPE_MISMATCH: reader type int not compatible with writer type string at path /fields/0/type/items")]
    public void Unreadable(string reader, string writer, string problem) =>
        Assert.Equal([problem], SchemaCompatibility.Problems(Schema.Parse(reader), Schema.Parse(writer)));
}
