using Confluent.Kafka;

namespace Syscribe.Kafka.Tests;

public class ClientSettingsTests
{
    [Fact]
    public void Producers_and_consumers_start_from_safe_defaults()
    {
        var settings = ClientSettings.For("localhost:1");
        var producer = settings.ForProducer();
        Assert.Equal((true, Acks.All, CompressionType.Lz4, 5.0), (producer.EnableIdempotence, producer.Acks, producer.CompressionType, producer.LingerMs));

        var consumer = settings.ForConsumer("rules");
        Assert.Equal((false, false, "rules"), (consumer.EnableAutoCommit, consumer.EnableAutoOffsetStore, consumer.GroupId));
        Assert.Equal((AutoOffsetReset.Earliest, PartitionAssignmentStrategy.CooperativeSticky), (consumer.AutoOffsetReset, consumer.PartitionAssignmentStrategy));
    }

    [Fact]
    public void Any_setting_passes_through_under_its_own_name_and_reaches_only_its_client()
    {
        var settings = ClientSettings.For("localhost:1", "http://localhost:2")
            .SetPair("linger.ms=50").SetPair("producer.client.id=p").SetPair("consumer.client.id=c")
            .SetPair("schema.registry.request.timeout.ms=1234").SetPair("avro.serializer.auto.register.schemas=false")
            .SetPair("sasl.password=a=b");

        Assert.Equal("50", settings.ForProducer().Get("linger.ms"));
        Assert.Equal("p", settings.ForProducer().ClientId);
        Assert.Equal("c", settings.ForConsumer("g").ClientId);
        Assert.Equal("a=b", settings.ForConsumer("g").SaslPassword);
        Assert.Equal(1234, settings.ForRegistry().RequestTimeoutMs);
        Assert.False(settings.ForSerializer().AutoRegisterSchemas);
        Assert.DoesNotContain(settings.ForProducer(), p => p.Key.StartsWith("schema.", StringComparison.Ordinal) || p.Key.StartsWith("avro.", StringComparison.Ordinal) || p.Key.StartsWith("consumer.", StringComparison.Ordinal));
        Assert.DoesNotContain(settings.ForRegistry(), p => !p.Key.StartsWith("schema.registry.", StringComparison.Ordinal));
    }

    [Fact]
    public void Environment_variables_name_settings_in_capitals()
    {
        var settings = new ClientSettings().LoadEnvironment(new Dictionary<string, string>
        {
            ["SYSCRIBE_KAFKA_BOOTSTRAP_SERVERS"] = "h:1", ["SYSCRIBE_KAFKA_SCHEMA_REGISTRY_URL"] = "http://r", ["PATH"] = "/bin",
        });
        Assert.Equal("h:1", settings.ForProducer().BootstrapServers);
        Assert.Equal("http://r", settings.ForRegistry().Url);
        Assert.Equal("bootstrap.servers=h:1\nschema.registry.url=http://r", settings.ToString());
    }

    [Fact]
    public void A_file_sets_names_and_a_bad_line_is_named_without_its_text()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# cluster\nbootstrap.servers = h:1\n\nlinger.ms=7\n");
            Assert.Equal(7, new ClientSettings().LoadFile(path).ForProducer().LingerMs);

            File.WriteAllText(path, "bootstrap.servers=h:1\nhunter2\n");
            var error = Assert.Throws<FormatException>(() => new ClientSettings().LoadFile(path));
            Assert.StartsWith($"{path}:2: a client setting is name=value", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("sasl.password")]
    [InlineData("ssl.key.password")]
    [InlineData("ssl.keystore.password")]
    [InlineData("ssl.key.pem")]
    [InlineData("sasl.oauthbearer.client.secret")]
    [InlineData("sasl.oauthbearer.config")]
    [InlineData("schema.registry.basic.auth.user.info")]
    [InlineData("schema.registry.ssl.keystore.password")]
    [InlineData("schema.registry.bearer.auth.token")]
    [InlineData("schema.registry.bearer.auth.client.secret")]
    [InlineData("consumer.sasl.password")]
    public void Secrets_are_not_in_the_text_for_logs(string name) =>
        Assert.DoesNotContain("hunter2", new ClientSettings().Set(name, "hunter2").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_password_in_a_url_is_not_in_the_text_for_logs() =>
        Assert.Equal("schema.registry.url=https://***@registry:8081/x",
            new ClientSettings().Set("schema.registry.url", "https://user:hunter2@registry:8081/x").ToString());

    [Fact]
    public void A_missing_address_says_how_to_give_it()
    {
        var noBroker = Assert.Throws<InvalidOperationException>(() => new ClientSettings().ForProducer());
        Assert.Equal("bootstrap.servers is not set; give -X bootstrap.servers=localhost:9092, a settings file, or SYSCRIBE_KAFKA_BOOTSTRAP_SERVERS", noBroker.Message);

        var noRegistry = Assert.Throws<InvalidOperationException>(() => new ClientSettings().CreateRegistryClient());
        Assert.Contains("SYSCRIBE_KAFKA_SCHEMA_REGISTRY_URL", noRegistry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_setting_is_refused_by_name()
    {
        var settings = ClientSettings.For("localhost:1").Set("linger.mss", "5");
        var error = Assert.Throws<InvalidOperationException>(() => new ProducerBuilder<byte[], byte[]>(settings.ForProducer()).Build());
        Assert.Contains("linger.mss", error.Message, StringComparison.Ordinal);
    }
}
