using Syscribe.Events;

namespace Syscribe.Containers.Tests;

public sealed class ContainerCacheTests
{
    private static readonly ContainerInfo Info = new() { Name = Utf8.From("web"), StartTimeNs = 1 };

    private readonly ManualTime _time = new();

    [Fact]
    public void An_unknown_container_is_to_be_asked_for_once_and_then_known()
    {
        var cache = new ContainerCache(10, _time);

        Assert.Equal((Knowledge.Asked, null, true), Find(cache, "a"));
        Assert.Equal((Knowledge.Asked, null, false), Find(cache, "a"));
        var before = cache.Version;
        cache.Set(Utf8.From("a"), Info, this);

        Assert.Equal((Knowledge.Known, Info, false), Find(cache, "a"));
        Assert.NotEqual(before, cache.Version);
    }

    [Fact]
    public void A_container_that_nobody_knows_is_asked_for_again_later_and_never_waited_for_again()
    {
        var cache = new ContainerCache(10, _time);
        Find(cache, "a");
        cache.SetNone(Utf8.From("a"));

        Assert.Equal((Knowledge.None, null, false), Find(cache, "a"));
        _time.Advance(ContainerCache.RetryAfter);
        Assert.Equal((Knowledge.None, null, true), Find(cache, "a"));
        Assert.Equal((Knowledge.None, null, false), Find(cache, "a"));
    }

    [Fact]
    public void It_never_holds_more_than_its_bound_and_forgets_the_longest_unused()
    {
        var cache = new ContainerCache(3, _time);
        foreach (var id in (string[])["a", "b", "c"])
        {
            cache.Set(Utf8.From(id), Info, this);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Find(cache, "a");
        _time.Advance(TimeSpan.FromSeconds(1));
        cache.Set(Utf8.From("d"), Info, this);

        Assert.Equal(3, cache.Count);
        Assert.Equal(Knowledge.Known, Find(cache, "a").Knowledge);
        Assert.Equal(Knowledge.None, cache.Peek(Utf8.From("b"), out _));
        Assert.Equal(Knowledge.Known, cache.Peek(Utf8.From("d"), out _));
    }

    [Fact]
    public void A_removed_container_is_kept_for_late_events_and_then_forgotten()
    {
        var cache = new ContainerCache(10, _time);
        cache.Set(Utf8.From("a"), Info, this);
        cache.Gone(Utf8.From("a"));
        cache.Expire();
        Assert.Equal(Knowledge.Known, Find(cache, "a").Knowledge);

        _time.Advance(ContainerCache.KeepGone);
        cache.Expire();
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void An_unused_container_is_forgotten_and_a_used_one_is_not()
    {
        var cache = new ContainerCache(10, _time);
        cache.Set(Utf8.From("a"), Info, this);
        cache.Set(Utf8.From("b"), Info, this);
        _time.Advance(ContainerCache.KeepUnused / 2);
        Find(cache, "b");
        _time.Advance(ContainerCache.KeepUnused / 2);
        cache.Expire();

        Assert.Equal(1, cache.Count);
        Assert.Equal(Knowledge.Known, Find(cache, "b").Knowledge);
    }

    [Fact]
    public void What_a_runtime_lists_no_more_is_gone_and_other_runtimes_containers_are_not()
    {
        var cache = new ContainerCache(10, _time);
        cache.Set(Utf8.From("a"), Info, "containerd");
        cache.Set(Utf8.From("b"), Info, "docker");
        cache.Keep(new HashSet<Utf8>(), "containerd");
        _time.Advance(ContainerCache.KeepGone);
        cache.Expire();

        Assert.Equal(Knowledge.None, cache.Peek(Utf8.From("a"), out _));
        Assert.Equal(Knowledge.Known, cache.Peek(Utf8.From("b"), out _));
    }

    private static (Knowledge Knowledge, ContainerInfo? Info, bool Ask) Find(ContainerCache cache, string id)
    {
        var knowledge = cache.Find(Utf8.From(id), out var info, out var ask);
        return (knowledge, info, ask);
    }
}
