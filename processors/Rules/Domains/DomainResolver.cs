using System.Net;
using System.Net.Sockets;
using Syscribe.Events;
using Syscribe.Rules.Fields;

namespace Syscribe.Rules.Domains;

/// <summary>
/// Keeps the addresses of the domain names in rules: asks in the background, and anew at intervals, as Falco does. What is
/// not known yet, or has no address, matches nothing; nothing ever waits for an answer.
/// </summary>
/// <remarks>
/// A name is asked for again after <see cref="FirstInterval"/>, which doubles up to <see cref="LongestInterval"/> while the
/// answer stays the same. A name that is said not to exist loses its addresses; one that nobody answers for keeps them.
/// Thread safe.
/// </remarks>
public sealed class DomainResolver : IDomainResolver, IAsyncDisposable
{
    /// <summary>Names at most; those beyond, in their order, are never asked for.</summary>
    public const int MaxNames = 4096;

    /// <summary>Addresses kept of one name.</summary>
    public const int MaxAddresses = 64;

    /// <summary>Questions at a time, as each may occupy a thread for as long as the system's resolver takes.</summary>
    private const int MaxQuestions = 4;

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookup;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _questions = new(MaxQuestions);
    private volatile DomainAnswers _answers = DomainAnswers.None;
    private bool _disposed;

    /// <param name="lookup">Addresses of a name; null for the system's resolver. A name without any is an empty answer or a <see cref="SocketException"/>.</param>
    /// <param name="time">Clock of the intervals; null for the system's.</param>
    public DomainResolver(Func<string, CancellationToken, Task<IPAddress[]>>? lookup = null, TimeProvider? time = null)
    {
        _lookup = lookup ?? Dns.GetHostAddressesAsync;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>10 seconds.</summary>
    public static TimeSpan FirstInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>320 seconds.</summary>
    public static TimeSpan LongestInterval { get; } = TimeSpan.FromSeconds(320);

    /// <summary>Names that have addresses now.</summary>
    public int Resolved => _answers.Names;

    /// <summary>Follows these names and no others from now on. Returns at once.</summary>
    public void Watch(IEnumerable<string> names)
    {
        var wanted = names.Distinct(StringComparer.Ordinal).Take(MaxNames).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var gone in _entries.Values.Where(entry => !wanted.Contains(entry.Name)).ToList())
            {
                _entries.Remove(gone.Name);
                gone.Stop.Cancel();
            }

            foreach (var name in wanted.Where(name => !_entries.ContainsKey(name)))
            {
                var entry = new Entry(name);
                _entries.Add(name, entry);
                entry.Following = Task.Run(() => FollowAsync(entry));
            }

            Publish();
        }
    }

    /// <inheritdoc />
    public bool TryGetName(Utf8 address, out Utf8 name) => _answers.TryGetName(address, out name);

    /// <inheritdoc />
    public bool Resolves(Utf8 domain, Utf8 address) => _answers.Resolves(domain, address);

    /// <summary>Ends the work in the background, but for questions that the system's resolver is still busy with.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Entry> entries;
        lock (_lock)
        {
            _disposed = true;
            entries = [.. _entries.Values];
            _entries.Clear();
        }

        entries.ForEach(entry => entry.Stop.Cancel());
        await Task.WhenAll(entries.Select(entry => entry.Following)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync(Entry entry)
    {
        var interval = FirstInterval / 2;
        while (true)
        {
            interval = Take(entry, await AskAsync(entry)) ? FirstInterval
                : interval * 2 < LongestInterval ? interval * 2 : LongestInterval;
            await Task.Delay(interval, _time, entry.Stop.Token);
        }
    }

    // Null where nobody answered.
    private async Task<Utf8[]?> AskAsync(Entry entry)
    {
        var stop = entry.Stop.Token;
        await _questions.WaitAsync(stop);
        try
        {
            // The system's resolver cannot be stopped: the place among the questions is free when it has answered.
            var addresses = await _lookup(entry.Name, stop).WaitAsync(stop);
            return [.. addresses.Select(Bytes).Distinct().Order(ByBytes).Take(MaxAddresses)];
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return [];
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // The edge of a background task: whatever the resolver's trouble, what is known stays and it is asked again.
            return null;
        }
        finally
        {
            _questions.Release();
        }
    }

    private bool Take(Entry entry, Utf8[]? addresses)
    {
        lock (_lock)
        {
            if (addresses is null || addresses.AsSpan().SequenceEqual(entry.Addresses) || entry.Stop.IsCancellationRequested)
            {
                return false;
            }

            entry.Addresses = addresses;
            Publish();
            return true;
        }
    }

    private void Publish() => _answers = new DomainAnswers(_entries.Values.Select(entry => (Utf8.From(entry.Name), entry.Addresses)));

    private static Comparer<Utf8> ByBytes { get; } = Comparer<Utf8>.Create((a, b) => a.Span.SequenceCompareTo(b.Span));

    // As events have them: a v4-mapped address is the IPv4 address that it stands for.
    private static Utf8 Bytes(IPAddress address) => Utf8.Copy((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes());

    private sealed class Entry(string name)
    {
        public string Name { get; } = name;

        public CancellationTokenSource Stop { get; } = new();

        public Task Following { get; set; } = Task.CompletedTask;

        public Utf8[] Addresses { get; set; } = [];
    }
}
