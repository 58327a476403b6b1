using Syscribe.Events;

namespace Syscribe.Containers;

/// <summary>Keeps one socket in use: connects, watches, and begins anew when the runtime goes away.</summary>
/// <param name="path">The socket.</param>
/// <param name="isNamed">Whether a person has named it, who is then told where it is not there.</param>
/// <param name="connect">Makes the client.</param>
/// <param name="watcher">Takes what the runtime tells; the link is its source.</param>
/// <param name="say">Takes what a person should know.</param>
/// <param name="time">Clock of the retries.</param>
internal sealed class RuntimeLink(
    string path, bool isNamed, Func<string, IContainerRuntime> connect, Func<RuntimeLink, IContainerWatcher> watcher, Action<string> say, TimeProvider time)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IContainerRuntime? _runtime;
    private string? _said;

    /// <summary>Ends once the socket has been tried for the first time.</summary>
    public Task Tried => _tried.Task;

    /// <summary>Whether the runtime answers.</summary>
    public bool IsConnected => _runtime is not null;

    /// <summary>Asks for a container; null where the runtime has none of that id, or is away.</summary>
    /// <exception cref="RuntimeException">It did not answer as it should.</exception>
    public Task<ContainerInfo?> FindAsync(string id, CancellationToken cancellationToken) =>
        _runtime is { } runtime ? runtime.FindAsync(id, cancellationToken) : Task.FromResult<ContainerInfo?>(null);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await TryAsync(cancellationToken);
                _tried.TrySetResult();
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _tried.TrySetResult();
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            if (isNamed)
            {
                SayOnce($"no container runtime at {path}: no such socket. It is looked for every {RetryAfter.TotalSeconds:0} s.");
            }

            return;
        }

        try
        {
            using var runtime = connect(path);
            var name = await runtime.ConnectAsync(cancellationToken);
            _runtime = runtime;
            _tried.TrySetResult();
            SayOnce($"container metadata from {name} at {path}.");
            await runtime.WatchAsync(watcher(this), cancellationToken);
            SayOnce($"container runtime at {path} has closed the connection; it is tried every {RetryAfter.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The edge of this socket's loop: whatever it is, capture goes on and a person is told.
            SayOnce($"container runtime at {path} gives no metadata: {failure.Message}. It is tried every {RetryAfter.TotalSeconds:0} s.");
        }
        finally
        {
            _runtime = null;
        }
    }

    private void SayOnce(string line)
    {
        if (line != _said)
        {
            _said = line;
            say(line);
        }
    }
}
