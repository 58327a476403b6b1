using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

public sealed class HarmlessCallsTests
{
    [Theory]
    [InlineData("setuid", "setsid", "setgid", "getuid")]
    [InlineData("open", "fsopen", "mq_open", "pidfd_open")]
    [InlineData("mkdir", "rmdir", "chdir")]
    [InlineData("unlink", "mq_unlink")]
    public void A_call_s_likes_begin_or_end_as_it_does_and_are_harmless(string call, params string[] likes)
    {
        var found = HarmlessCalls.Like(call);

        Assert.All(likes, like => Assert.Contains(like, found));
        Assert.All(found, like => Assert.True(HarmlessCalls.IsKnown(like), like));
        Assert.DoesNotContain(call, found);
    }

    [Fact]
    public void No_call_that_does_what_a_rule_names_is_harmless() =>
        Assert.DoesNotContain(CallFamilies.All.SelectMany(family => family.Seen.Concat(family.Kin)).Concat(CallFamilies.Unrelated), HarmlessCalls.IsKnown);
}
