using Syscribe.Events;

namespace Syscribe.Containers;

/// <summary>A container runtime behind a socket. Members throw <see cref="RuntimeException"/> when it does not answer as it should.</summary>
internal interface IContainerRuntime : IDisposable
{
    /// <summary>Its name and version, as <c>containerd 1.7.2</c>. Called first.</summary>
    Task<string> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>What it says of a container; null where it has none of that id.</summary>
    /// <param name="id">Short or full id.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    Task<ContainerInfo?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Tells all containers, then every change, until cancelled. Returns or throws when the connection is lost.</summary>
    Task WatchAsync(IContainerWatcher watcher, CancellationToken cancellationToken);
}

/// <summary>Takes what a runtime tells by itself.</summary>
internal interface IContainerWatcher
{
    /// <summary>All containers that run, or will.</summary>
    ValueTask ListedAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>A container is new or has changed.</summary>
    ValueTask ChangedAsync(string id, CancellationToken cancellationToken);

    /// <summary>A container has been removed.</summary>
    void Gone(string id);
}

/// <summary>A runtime did not answer, or not as it should.</summary>
internal sealed class RuntimeException(string message, Exception? inner = null) : Exception(message, inner);
