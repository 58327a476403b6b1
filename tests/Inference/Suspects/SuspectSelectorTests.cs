using Syscribe.Events;
using Syscribe.Inference.Suspects;
using Syscribe.Inference.Tests.Support;
using Syscribe.Inference.Verdicts;
using static Syscribe.Inference.Tests.Support.Samples;

namespace Syscribe.Inference.Tests.Suspects;

public sealed class SuspectSelectorTests
{
    [Theory]
    [InlineData(Selection.None, Selection.None, Selection.None, Selection.None)]
    [InlineData(Selection.Unregistered, Selection.Unregistered, Selection.None, Selection.None)]
    [InlineData(Selection.Novel, Selection.Novel, Selection.Novel, Selection.None)]
    [InlineData(Selection.Unmatched, Selection.Unmatched, Selection.Unmatched, Selection.None)]
    [InlineData(Selection.All, Selection.All, Selection.All, Selection.All)]
    [InlineData(Selection.Default, Selection.Unregistered, Selection.Novel, Selection.None)]
    [InlineData(Selection.Default | Selection.All, Selection.Unregistered, Selection.Novel, Selection.All)]
    public void The_reason_depends_on_what_the_rules_know(Selection selection, Selection unnamed, Selection unmatched, Selection matched)
    {
        var rules = TestRules.Opens;
        var selector = new SuspectSelector(selection);

        Assert.Equal(unnamed, selector.Select(Call("openat9"), rules, matched: false, out var signature));
        Assert.Equal(unnamed != Selection.None, signature != 0);
        Assert.Equal(unmatched, selector.Select(Call("openat"), rules, matched: false, out _));
        Assert.Equal(matched, selector.Select(Call("openat"), rules, matched: true, out _));
        Assert.Equal(3, selector.Seen);
        Assert.Equal(new[] { unnamed, unmatched, matched }.Count(reason => reason != Selection.None), selector.Selected.Values.Sum());
    }

    [Fact]
    public void A_behaviour_is_novel_once_however_its_accidents_differ()
    {
        var selector = new SuspectSelector(Selection.Novel);
        var reasons = Enumerable.Range(1, 50).Select(pid => selector.Select(
            Open($"/proc/{pid}/status", Process() with { Pid = pid }), TestRules.Opens, matched: false, out _)).ToArray();

        Assert.Equal(Selection.Novel, reasons[0]);
        Assert.All(reasons.Skip(1), reason => Assert.Equal(Selection.None, reason));
    }

    [Fact]
    public void An_unregistered_behaviour_goes_again_after_a_while_of_event_time()
    {
        var selector = new SuspectSelector(repeat: TimeSpan.FromSeconds(10));
        Assert.True(Goes(second: 100));
        Assert.False(Goes(second: 109));
        Assert.True(Goes(second: 110));
        Assert.False(Goes(second: 119));
        Assert.Equal(2, selector.Selected[Selection.Unregistered]);

        bool Goes(long second)
        {
            var e = Call("openat9");
            e.TimeNs = second * 1_000_000_000;
            return selector.Select(e, TestRules.Opens, matched: false, out _) != Selection.None;
        }
    }

    [Fact]
    public void What_was_not_seen_for_long_is_novel_again_and_memory_is_bounded()
    {
        var selector = new SuspectSelector(Selection.Novel, capacity: 10);
        Assert.True(IsNovel(0));
        for (var i = 1; i < 5; i++)
        {
            Assert.True(IsNovel(i));
            Assert.False(IsNovel(0));
        }

        for (var i = 5; i < 40; i++)
        {
            Assert.True(IsNovel(i));
        }

        Assert.True(IsNovel(0));

        bool IsNovel(int i) => selector.Select(Call("call" + (char)('a' + i)), TestRules.Opens, matched: false, out _) == Selection.Novel;
    }

    [Fact]
    public void What_is_forgotten_is_novel_again()
    {
        var selector = new SuspectSelector(Selection.Novel);
        selector.Select(Open(), TestRules.Opens, matched: false, out _);
        selector.Forget();
        Assert.Equal(Selection.Novel, selector.Select(Open(), TestRules.Opens, matched: false, out _));
    }

    [Fact]
    public void The_signature_handed_on_is_the_event_s()
    {
        new SuspectSelector(Selection.All).Select(Open(), TestRules.Opens, matched: true, out var signature);
        Assert.Equal(BehaviourSignature.Of(Open()), signature);
    }

    private static SyscallEvent Call(string name)
    {
        var e = Open();
        e.Type = U(name);
        return e;
    }
}
