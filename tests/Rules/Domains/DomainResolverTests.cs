using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Syscribe.Events;
using Syscribe.Rules.Domains;

namespace Syscribe.Rules.Tests.Domains;

public sealed class DomainResolverTests
{
    private readonly ConcurrentDictionary<string, string[]?> _zone = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly StoppedTime _time = new();

    [Fact]
    public async Task Addresses_of_both_kinds_have_the_name_and_others_have_none()
    {
        _zone["shop.example"] = ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.2"];
        await using var resolver = Watching("shop.example");

        Until(() => resolver.Resolved == 1);
        foreach (var address in new[] { "192.0.2.1", "2001:db8::1", "192.0.2.2" })
        {
            Assert.True(resolver.TryGetName(Address(address), out var name));
            Assert.Equal("shop.example", name.ToString());
            Assert.True(resolver.Resolves(name, Address(address)));
        }

        Assert.False(resolver.TryGetName(Address("192.0.2.3"), out _));
        Assert.False(resolver.Resolves(Utf8.From("shop.example"), Address("192.0.2.3")));
        Assert.False(resolver.Resolves(Utf8.From("other.example"), Address("192.0.2.1")));
    }

    [Fact]
    public async Task A_name_that_does_not_answer_matches_nothing_and_holds_up_neither_questions_nor_the_end()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        await using var resolver = new DomainResolver((name, _) => name == "silent.example" ? never.Task : Lookup(name), _time);
        _zone["shop.example"] = ["192.0.2.1"];
        resolver.Watch(["silent.example", "shop.example"]);

        Until(() => resolver.Resolved == 1);

        Assert.False(resolver.Resolves(Utf8.From("silent.example"), Address("192.0.2.1")));
    }

    [Fact]
    public async Task A_changed_answer_is_seen_and_intervals_double_while_it_stays()
    {
        _zone["shop.example"] = ["192.0.2.1"];
        await using var resolver = Watching("shop.example");
        Assert.Equal([10, 20, 40, 80, 160, 320], Enumerable.Range(0, 6).Select(_ => _time.Pass()));

        var (seconds, end) = _time.Next();
        Assert.Equal(320, seconds);
        _zone["shop.example"] = ["192.0.2.9"];
        end();
        Assert.Equal(10, _time.Pass());
        Assert.True(resolver.Resolves(Utf8.From("shop.example"), Address("192.0.2.9")));
        Assert.False(resolver.Resolves(Utf8.From("shop.example"), Address("192.0.2.1")));
        Assert.Equal(20, _time.Pass());
    }

    [Fact]
    public async Task A_name_that_is_gone_loses_its_addresses_and_one_that_nobody_answers_for_keeps_them()
    {
        _zone["gone.example"] = _zone["silent.example"] = ["192.0.2.1"];
        await using var resolver = Watching("gone.example", "silent.example");
        var (first, second) = (_time.Next(), _time.Next());
        Assert.Equal(2, resolver.Resolved);

        _zone.TryRemove("gone.example", out _);
        _zone["silent.example"] = null;
        first.End();
        second.End();
        _time.Next();
        _time.Next();

        Assert.False(resolver.Resolves(Utf8.From("gone.example"), Address("192.0.2.1")));
        Assert.True(resolver.Resolves(Utf8.From("silent.example"), Address("192.0.2.1")));
    }

    [Fact]
    public async Task Names_of_rules_that_are_gone_are_forgotten()
    {
        _zone["old.example"] = _zone["new.example"] = ["192.0.2.1"];
        await using var resolver = Watching("old.example");
        Until(() => resolver.Resolved == 1);

        resolver.Watch(["new.example"]);

        Until(() => resolver.Resolves(Utf8.From("new.example"), Address("192.0.2.1")));
        Assert.False(resolver.Resolves(Utf8.From("old.example"), Address("192.0.2.1")));
        Assert.Equal(["old.example", "new.example"], _asked);
    }

    [Fact]
    public async Task A_rule_matches_once_its_name_has_the_address()
    {
        await using var resolver = new DomainResolver((name, _) => Lookup(name), _time);
        var rules = Conditions.Load(
            Conditions.Rule("r", "fd.sip.name in (shop.example, other.example)"), new RuleLoadOptions { Resolver = resolver }).RuleSet!;
        var syscall = new SyscallEvent { Type = Utf8.From("connect"), HasFd = true };
        syscall.Fd.ServerIp = Address("192.0.2.1");
        var matches = new List<Rule>();
        rules.Evaluate(syscall, matches);
        Assert.Empty(matches);

        _zone["shop.example"] = ["192.0.2.1"];
        resolver.Watch(rules.DomainNames);

        Until(() => resolver.Resolved == 1);
        rules.Evaluate(syscall, matches);
        Assert.Equal("r", Assert.Single(matches).Name);
    }

    [Fact]
    public void Only_names_of_active_rules_are_asked_for() => Assert.Equal(
        ["a.example", "b.example"],
        Conditions.Load(
            Conditions.Rule("one", "evt.type = connect and not (fd.sip.name = a.example or fd.rip.name in (b.example, a.example))")
            + Conditions.Rule("two", "fd.cip.name = c.example or proc.name = d.example", "  enabled: false\n")).RuleSet!.DomainNames);

    private DomainResolver Watching(params string[] names)
    {
        var resolver = new DomainResolver((name, _) => Lookup(name), _time);
        resolver.Watch(names);
        return resolver;
    }

    // Null is a name server that is away.
    private Task<IPAddress[]> Lookup(string name)
    {
        _asked.Enqueue(name);
        return !_zone.TryGetValue(name, out var addresses) ? throw new SocketException((int)SocketError.HostNotFound)
            : addresses is null ? throw new SocketException((int)SocketError.TryAgain)
            : Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    }

    private static Utf8 Address(string text) => Utf8.Copy(IPAddress.Parse(text).GetAddressBytes());

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(10)));

    /// <summary>A clock whose timers end when the test says so, in the order in which they were made.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        private readonly BlockingCollection<(double Seconds, Action End)> _timers = [];

        /// <summary>The next timer, which may still have to be made: whoever makes it has done what is before.</summary>
        public (double Seconds, Action End) Next()
        {
            Assert.True(_timers.TryTake(out var timer, TimeSpan.FromSeconds(10)), "no timer was made");
            return timer;
        }

        /// <summary>Ends the next timer.</summary>
        public double Pass()
        {
            var (seconds, end) = Next();
            end();
            return seconds;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((dueTime.TotalSeconds, () => callback(state)));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
