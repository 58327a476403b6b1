using System.Threading.Channels;
using Syscribe.Capture.State;
using Syscribe.Containers.Cri;
using Syscribe.Containers.Docker;
using Syscribe.Events;

namespace Syscribe.Containers;

/// <summary>
/// What the container runtimes of this machine say of its containers: watched, remembered, and asked for where an id is
/// unknown. Asking is done in the background; <see cref="Find"/> returns at once.
/// </summary>
/// <remarks>Thread safe. A runtime that is not there, goes away or comes later is no error.</remarks>
public sealed class ContainerMetadata : IContainerMetadata, IAsyncDisposable
{
    private const int MaxQuestions = 1024;
    private const int Askers = 2;

    private static readonly TimeSpan ExpireInterval = TimeSpan.FromSeconds(10);

    private readonly ContainerCache _cache;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Utf8> _questions = Channel.CreateBounded<Utf8>(
        new BoundedChannelOptions(MaxQuestions) { FullMode = BoundedChannelFullMode.Wait });

    private readonly RuntimeLink[] _links;
    private readonly Task _work;
    private long _found;
    private long _notFound;
    private long _failed;
    private long _skipped;

    private ContainerMetadata(ContainerOptions options, Action<string> say, TimeProvider time)
    {
        _time = time;
        _cache = new ContainerCache(options.MaxContainers, time);
        var cri = options.AreNamed ? options.CriSockets : ContainerOptions.UsualCriSockets;
        var docker = options.AreNamed ? options.DockerSockets : ContainerOptions.UsualDockerSockets;
        _links =
        [
            .. cri.Select(path => Link(path, path => new CriRuntime(path, time))),
            .. docker.Select(path => Link(path, static path => new DockerRuntime(path))),
        ];
        _work = Task.Run(RunAsync);

        RuntimeLink Link(string path, Func<string, IContainerRuntime> connect) =>
            new(path, options.AreNamed, connect, link => new Watcher(this, link), say, time);
    }

    /// <summary>Moves whenever the metadata of a container has come or changed.</summary>
    public long Version => _cache.Version;

    /// <summary>What became of the questions so far; <see cref="EventHold.Counters"/> adds those of waiting events.</summary>
    public ContainerCounters Counters => new()
    {
        Runtimes = _links.Count(static link => link.IsConnected),
        Known = _cache.Known,
        Found = Interlocked.Read(ref _found),
        NotFound = Interlocked.Read(ref _notFound),
        Failed = Interlocked.Read(ref _failed),
        Skipped = Interlocked.Read(ref _skipped),
    };

    /// <summary>Begins to look for the runtimes; returns before they answer.</summary>
    /// <param name="options">Which runtimes, and how much is remembered.</param>
    /// <param name="say">Takes a line that a person should know, on any thread.</param>
    /// <param name="time">Clock; null for the system's.</param>
    public static ContainerMetadata Start(ContainerOptions options, Action<string> say, TimeProvider? time = null) =>
        new(options, say, time ?? TimeProvider.System);

    /// <inheritdoc />
    public ContainerInfo? Find(Utf8 id)
    {
        Look(id, out var info);
        return info;
    }

    /// <summary>Looks a container up, has the runtimes asked where it is unknown, and says whether an answer is on its way.</summary>
    internal Knowledge Look(Utf8 id, out ContainerInfo? info)
    {
        if (!MayAnswer())
        {
            // Nobody to ask. What is known of a runtime that has just gone is still told.
            return _cache.Peek(id, out info);
        }

        var knowledge = _cache.Find(id, out info, out var ask);
        if (ask && !_questions.Writer.TryWrite(id.ToOwned()))
        {
            Interlocked.Increment(ref _skipped);
            _cache.SetNone(id);
            return Knowledge.None;
        }

        return knowledge;
    }

    /// <summary>Nothing waits for this container any more; when the answer comes, later events show it.</summary>
    internal void GiveUp(Utf8 id) => _cache.SetNone(id);

    /// <summary>Ends the work in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private bool MayAnswer()
    {
        foreach (var link in _links)
        {
            if (link.IsConnected || !link.Tried.IsCompleted)
            {
                return true;
            }
        }

        return false;
    }

    private Task RunAsync() => Task.WhenAll(
    [
        .. _links.Select(link => link.RunAsync(_stopping.Token)),
        .. Enumerable.Range(0, Askers).Select(_ => AnswerAsync(_stopping.Token)),
        ExpireAsync(_stopping.Token),
    ]);

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ExpireInterval, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            _cache.Expire();
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_links.Select(static link => link.Tried));
        await foreach (var id in _questions.Reader.ReadAllAsync(cancellationToken))
        {
            await AnswerAsync(id, cancellationToken);
        }
    }

    private async Task AnswerAsync(Utf8 id, CancellationToken cancellationToken)
    {
        var text = id.ToString();
        var failed = false;
        foreach (var link in _links.Where(static link => link.IsConnected))
        {
            try
            {
                if (await link.FindAsync(text, cancellationToken) is { } info)
                {
                    Interlocked.Increment(ref _found);
                    _cache.Set(id, info, link);
                    return;
                }
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested
                && failure is RuntimeException or ObjectDisposedException or OperationCanceledException)
            {
                // It is going away: its link notices, and says so.
                failed = true;
            }
        }

        Interlocked.Increment(ref failed ? ref _failed : ref _notFound);
        _cache.SetNone(id);
    }

    /// <summary>What a runtime tells by itself, as questions: the answer comes by one way only.</summary>
    private sealed class Watcher(ContainerMetadata owner, RuntimeLink link) : IContainerWatcher
    {
        public async ValueTask ListedAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
        {
            var keys = ids.Select(ContainerCache.Key).ToHashSet();
            owner._cache.Keep(keys, link);
            foreach (var id in keys.Where(id => !owner._cache.IsComplete(id)))
            {
                await owner._questions.Writer.WriteAsync(id, cancellationToken);
            }
        }

        public ValueTask ChangedAsync(string id, CancellationToken cancellationToken) =>
            owner._questions.Writer.WriteAsync(ContainerCache.Key(id), cancellationToken);

        public void Gone(string id) => owner._cache.Gone(ContainerCache.Key(id));
    }
}
