using Syscribe.Kafka;
using Syscribe.Testing;

namespace Syscribe.Broker.Tests;

public sealed class EmbeddedRegistryFixture : IDisposable
{
    private readonly EmbeddedRegistry _registry = EmbeddedRegistry.Start();

    public string Url => _registry.Url;

    public void Dispose() => _registry.Dispose();
}

/// <summary>One real registry for all classes that ask for it; not started where there is none.</summary>
public sealed class RealRegistryFixture : IAsyncLifetime
{
    private RealRegistry? _registry;

    public string Url
    {
        get
        {
            if (Prerequisites.Registry is { } missing)
                Assert.Skip(missing);

            return _registry!.Url; // started where nothing is missing
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Prerequisites.Registry is null)
            _registry = await RealRegistry.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RealRegistryCollection : ICollectionFixture<RealRegistryFixture>
{
    public const string Name = "real registry";
}

public sealed class EmbeddedRegistryContract(EmbeddedRegistryFixture registry) : RegistryContract(registry.Url), IClassFixture<EmbeddedRegistryFixture>;

[Collection(RealRegistryCollection.Name)]
public sealed class RealRegistryContract(RealRegistryFixture registry) : RegistryContract(registry.Url);
