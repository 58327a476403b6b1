using System.Net;
using Confluent.SchemaRegistry;
using Syscribe.Events;

namespace Syscribe.Broker.Tests;

/// <summary>What a schema registry does for us, the same for the embedded one and a real one, seen by Confluent's client.</summary>
public abstract class RegistryContract : IDisposable
{
    private const string V1 = """{"type":"record","name":"R","namespace":"t","fields":[{"name":"a","type":"string"}]}""";
    private const string WithDefault = """{"type":"record","name":"R","namespace":"t","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}""";
    private const string WithoutDefault = """{"type":"record","name":"R","namespace":"t","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}""";
    private const string Retyped = """{"type":"record","name":"R","namespace":"t","fields":[{"name":"a","type":"long"}]}""";

    private readonly string _subject = $"s-{Guid.NewGuid():N}";
    private readonly string _url;
    private readonly CachedSchemaRegistryClient _client;

    protected RegistryContract(string url)
    {
        _url = url;
        _client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, MaxRetries = 1 });
    }

    public void Dispose()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_registered_schema_is_found_by_id_by_version_and_by_content()
    {
        var id = await _client.RegisterSchemaAsync(_subject, Avro(V1));
        Assert.Equal(Canonical(V1), Canonical((await _client.GetSchemaAsync(id)).SchemaString));

        var latest = await _client.GetLatestSchemaAsync(_subject);
        Assert.Equal((id, 1, _subject), (latest.Id, latest.Version, latest.Subject));
        Assert.Equal(1, (await _client.LookupSchemaAsync(_subject, Avro(V1), false, false)).Version);
        Assert.Equal([1], await _client.GetSubjectVersionsAsync(_subject));
        Assert.Contains(_subject, await _client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task The_same_schema_again_is_the_same_id_and_no_new_version()
    {
        var first = await _client.RegisterSchemaAsync(_subject, Avro(V1));
        _client.ClearCaches();
        Assert.Equal(first, await _client.RegisterSchemaAsync(_subject, Avro(V1)));
        Assert.Equal(first, await _client.RegisterSchemaAsync(_subject + "-other", Avro(V1)));
        Assert.Equal([1], await _client.GetSubjectVersionsAsync(_subject));
    }

    [Fact]
    public async Task Under_backward_a_field_with_default_is_taken_and_one_without_is_refused()
    {
        await _client.RegisterSchemaAsync(_subject, Avro(V1));
        await _client.UpdateCompatibilityAsync(Compatibility.Backward, _subject);
        Assert.Equal(Compatibility.Backward, await _client.GetCompatibilityAsync(_subject));

        Assert.True(await _client.IsCompatibleAsync(_subject, Avro(WithDefault)));
        Assert.False(await _client.IsCompatibleAsync(_subject, Avro(WithoutDefault)));
        Assert.False(await _client.IsCompatibleAsync(_subject, Avro(Retyped)));

        var refused = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(_subject, Avro(WithoutDefault)));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal(409, refused.ErrorCode);

        await _client.RegisterSchemaAsync(_subject, Avro(WithDefault));
        Assert.Equal([1, 2], await _client.GetSubjectVersionsAsync(_subject));
    }

    [Fact]
    public async Task Under_forward_a_new_field_is_taken_and_one_left_out_without_default_is_refused()
    {
        await _client.RegisterSchemaAsync(_subject, Avro(V1));
        await _client.UpdateCompatibilityAsync(Compatibility.Forward, _subject);

        await _client.RegisterSchemaAsync(_subject, Avro(WithoutDefault));
        var refused = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(_subject, Avro(V1.Replace("\"a\"", "\"c\"", StringComparison.Ordinal))));
        Assert.Equal(409, refused.ErrorCode);
    }

    [Fact]
    public async Task Under_none_anything_is_taken()
    {
        await _client.RegisterSchemaAsync(_subject, Avro(V1));
        await _client.UpdateCompatibilityAsync(Compatibility.None, _subject);
        await _client.RegisterSchemaAsync(_subject, Avro(Retyped));
        Assert.Equal([1, 2], await _client.GetSubjectVersionsAsync(_subject));
    }

    [Fact]
    public async Task What_is_not_there_has_its_own_error_code()
    {
        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.GetLatestSchemaAsync(_subject))).ErrorCode);
        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.LookupSchemaAsync(_subject, Avro(V1), false, false))).ErrorCode);
        Assert.Equal(40403, (await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.GetSchemaAsync(2_000_000))).ErrorCode);

        await _client.RegisterSchemaAsync(_subject, Avro(V1));
        Assert.Equal(40402, (await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.GetRegisteredSchemaAsync(_subject, 7))).ErrorCode);
        Assert.Equal(40403, (await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.LookupSchemaAsync(_subject, Avro(Retyped), false, false))).ErrorCode);
    }

    [Fact]
    public async Task A_text_that_is_no_schema_is_refused_as_invalid()
    {
        var refused = await Assert.ThrowsAsync<SchemaRegistryException>(() => _client.RegisterSchemaAsync(_subject, Avro("""{"type":"recor","name":"R"}""")));
        Assert.Equal((HttpStatusCode)422, refused.Status);
        Assert.Equal(42201, refused.ErrorCode);
    }

    [Fact]
    public async Task Our_schemas_register_and_come_back_whole()
    {
        foreach (var schema in (string[])[Schemas.SyscallEvent, Schemas.Alert, Schemas.DeadLetter])
        {
            var id = await _client.RegisterSchemaAsync($"{_subject}-{schema.Length}", Avro(schema));
            Assert.Equal(Canonical(schema), Canonical((await _client.GetSchemaAsync(id)).SchemaString));
        }
    }

    [Fact]
    public async Task Plain_rest_of_python_is_answered()
    {
        if (Testing.Prerequisites.PythonAny is { } missing)
            Assert.Skip(missing);

        var said = await Testing.ProgramRun.OutputAsync(
            Testing.Prerequisites.Python, [StockClientTests.Script("registry.py"), _url, _subject], TimeSpan.FromSeconds(30));
        Assert.Equal("ok\n", said);
    }

    private static Schema Avro(string text) => new(text, SchemaType.Avro);

    private static string Canonical(string schema) => global::Avro.SchemaNormalization.ToParsingForm(global::Avro.Schema.Parse(schema));
}
