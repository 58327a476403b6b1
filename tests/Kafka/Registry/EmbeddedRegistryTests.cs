using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Syscribe.Kafka.Tests;

public sealed class EmbeddedRegistryTests : IDisposable
{
    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _registry.Dispose();
    }

    [Theory]
    [InlineData("""{"type":"recor","name":"R"}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"strin"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a"}]}""")]
    [InlineData("""{"type":"record","name":"R"}""")]
    [InlineData("""{"type":"record","fields":[]}""")]
    [InlineData("""{"type":"array"}""")]
    [InlineData("""{"type":"map"}""")]
    [InlineData("""{"type":"enum","name":"E"}""")]
    [InlineData("""{"type":"fixed","name":"F"}""")]
    [InlineData("""[["null","int"],"string"]""")]
    [InlineData("""["int","int"]""")]
    [InlineData("{\"type\":")]
    [InlineData("strin")]
    [InlineData("")]
    [InlineData("5")]
    public async Task A_text_that_is_no_schema_is_answered_with_422_and_42201(string schema) =>
        await RefusedAsync(42201, 422, await Post("/subjects/s/versions", new JsonObject { ["schema"] = schema }));

    [Fact]
    public async Task Other_kinds_of_schema_and_references_are_refused_by_name()
    {
        var protobuf = await RefusedAsync(42201, 422, await Post("/subjects/s/versions", new JsonObject { ["schema"] = "x", ["schemaType"] = "PROTOBUF" }));
        Assert.Contains("PROTOBUF", protobuf, StringComparison.Ordinal);
        var references = new JsonArray(new JsonObject { ["name"] = "t.R", ["subject"] = "r", ["version"] = 1 });
        Assert.Contains("references", await RefusedAsync(42201, 422, await Post("/subjects/s/versions", new JsonObject { ["schema"] = "\"int\"", ["references"] = references })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_versions_levels_bodies_and_paths_have_their_codes()
    {
        await Post("/subjects/s/versions", new JsonObject { ["schema"] = "\"int\"" });
        await RefusedAsync(42202, 422, await Get("/subjects/s/versions/0"));
        await RefusedAsync(42202, 422, await Get("/subjects/s/versions/first"));
        await RefusedAsync(42203, 422, await _http.PutAsJsonAsync(_registry.Url + "/config", new JsonObject { ["compatibility"] = "SIDEWARD" }));
        await RefusedAsync(40408, 404, await Get("/config/s"));
        await RefusedAsync(404, 404, await Get("/nothing/here"));
        await RefusedAsync(404, 404, await Get("/schemas/ids/one"));
        using var text = new StringContent("{not json");
        await RefusedAsync(400, 400, await _http.PostAsync(new Uri(_registry.Url + "/subjects/s/versions"), text));
        using var huge = new StringContent(new string(' ', 4 * EmbeddedRegistry.MostBodyBytes));
        await RefusedAsync(413, 413, await _http.PostAsync(new Uri(_registry.Url + "/subjects/s/versions"), huge));
    }

    [Fact]
    public async Task Each_answer_ends_its_connection()
    {
        using var response = await Get("/subjects");

        Assert.Equal("[]", await response.Content.ReadAsStringAsync());
        Assert.True(response.Headers.ConnectionClose);
    }

    [Fact]
    public async Task Levels_are_per_subject_over_a_global_backward()
    {
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", await TextAsync(await Get("/config")));
        Assert.Equal("""{"compatibility":"FULL"}""", await TextAsync(await _http.PutAsJsonAsync(_registry.Url + "/config/s", new JsonObject { ["compatibility"] = "full" })));
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", await TextAsync(await Get("/config/s")));
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", await TextAsync(await Get("/config/other?defaultToGlobal=true")));
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", await TextAsync(await _http.DeleteAsync(new Uri(_registry.Url + "/config/s"))));
        await RefusedAsync(40408, 404, await Get("/config/s"));
    }

    [Fact]
    public async Task A_verdict_tells_why_when_asked()
    {
        await Post("/subjects/s/versions", new JsonObject { ["schema"] = "\"int\"" });
        Assert.Equal("""{"is_compatible":false}""", await TextAsync(await Post("/compatibility/subjects/s/versions/latest", new JsonObject { ["schema"] = "\"string\"" })));
        var verbose = await TextAsync(await Post("/compatibility/subjects/s/versions/1?verbose=true", new JsonObject { ["schema"] = "\"string\"" }));
        Assert.Contains("TYPE_MISMATCH: reader type string not compatible with writer type int", verbose, StringComparison.Ordinal);
        Assert.Equal("""{"is_compatible":true}""", await TextAsync(await Post("/compatibility/subjects/s/versions", new JsonObject { ["schema"] = "\"long\"" })));
    }

    [Fact]
    public async Task A_subject_may_have_any_name_and_be_deleted_while_its_ids_stay()
    {
        const string subject = "/subjects/a%2Fb%20%C3%A9-value";
        var id = JsonNode.Parse(await TextAsync(await Post(subject + "/versions", new JsonObject { ["schema"] = "\"int\"" })))!["id"]!.GetValue<int>();
        Assert.Equal("""["a/b é-value"]""", await TextAsync(await Get("/subjects")));
        Assert.Equal("""[{"subject":"a/b é-value","version":1}]""", await TextAsync(await Get($"/schemas/ids/{id}/versions")));
        Assert.Equal("[1]", await TextAsync(await _http.DeleteAsync(new Uri(_registry.Url + subject))));
        await RefusedAsync(40401, 404, await Get(subject + "/versions"));
        Assert.Equal("""{"schema":"\"int\""}""", await TextAsync(await Get($"/schemas/ids/{id}")));
    }

    [Fact]
    public async Task It_answers_under_localhost_too() =>
        Assert.Equal("[]", await TextAsync(await _http.GetAsync(new Uri($"http://localhost:{_registry.Port}/subjects"))));

    [Fact]
    public void A_port_in_use_is_named_with_what_to_do()
    {
        var error = Assert.Throws<IOException>(() => EmbeddedRegistry.Start(_registry.Port));
        Assert.StartsWith($"schema registry: cannot listen on 127.0.0.1:{_registry.Port}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Stop what listens there, or choose another port.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_dispose_the_port_is_free_again()
    {
        var first = EmbeddedRegistry.Start();
        first.Dispose();
        EmbeddedRegistry.Start(first.Port).Dispose();
    }

    [Fact]
    public async Task It_ends_though_its_workers_have_only_begun()
    {
        static void StartAndEnd()
        {
            for (var i = 0; i < 50; i++)
                EmbeddedRegistry.Start().Dispose();
        }

        var threads = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(StartAndEnd, TaskCreationOptions.LongRunning));
        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Registrations_at_the_same_time_give_one_id_and_one_version()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ => await TextAsync(await Post("/subjects/s/versions", new JsonObject { ["schema"] = "\"int\"" }))));
        Assert.Equal("""{"id":1}""", Assert.Single(answers.Distinct()));
        Assert.Equal("[1]", await TextAsync(await Get("/subjects/s/versions")));
    }

    private Task<HttpResponseMessage> Get(string path) => _http.GetAsync(new Uri(_registry.Url + path));

    private Task<HttpResponseMessage> Post(string path, JsonObject body) => _http.PostAsJsonAsync(_registry.Url + path, body);

    private static async Task<string> TextAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            Assert.Equal("application/vnd.schemaregistry.v1+json", response.Content.Headers.ContentType?.MediaType);
            return text;
        }
    }

    private static async Task<string> RefusedAsync(int code, int status, HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.Equal((status, code), ((int)response.StatusCode, JsonNode.Parse(text)!["error_code"]!.GetValue<int>()));
            return text;
        }
    }
}
