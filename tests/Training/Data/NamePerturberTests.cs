using Syscribe.Training.Data;

namespace Syscribe.Training.Tests.Data;

public sealed class NamePerturberTests
{
    private static readonly HashSet<string> Held = ["finit_module", "io_uring.openat", "openat"];
    private static readonly HashSet<string> Real = ["init_module", "finit_module", "openat", "open", "link", "sync_file_range", "fstat", "unlink"];

    [Theory]
    [InlineData("init_module")]
    [InlineData("open")]
    [InlineData("link")]
    public void A_changed_name_is_no_real_one_and_neither_holds_nor_is_held_by_a_held_out_one(string name)
    {
        var names = Changed(name);

        Assert.True(names.Count > 1000, $"{names.Count} of 3000");
        Assert.All(names, changed => Assert.DoesNotContain(changed, Real));
        Assert.All(names, changed => Assert.DoesNotContain(Held, held => changed.Contains(held, StringComparison.Ordinal) || held.Contains(changed, StringComparison.Ordinal)));
        Assert.DoesNotContain(names, changed => name == "link" && changed.Contains("unlink", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_of_trained_names_and_an_f_stand_beside_a_stem()
    {
        var changed = Changed("mknod").ToHashSet();

        Assert.Contains("fmknod", changed);
        Assert.Contains("mknod_file", changed);
        Assert.Contains("range_mknod", changed);
        Assert.DoesNotContain(changed, name => name.Contains("finit", StringComparison.Ordinal));
    }

    private static List<string> Changed(string name)
    {
        var words = new Vocabulary(new Random(1), half: 0);
        var names = new NamePerturber(words, Held, Real);
        return [.. Enumerable.Range(0, 3000).Select(_ => names.Perturb(name)).Where(changed => changed != name)];
    }
}
