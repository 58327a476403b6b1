using Syscribe.Training.Model;

namespace Syscribe.Training.Tests.Model;

public sealed class ElfVersionsTests
{
    private static readonly string Library = Path.Combine(AppContext.BaseDirectory, "libc10.so");

    [Fact]
    public void A_needed_version_is_marked_weak_once_and_no_other_byte_changes()
    {
        var before = File.ReadAllBytes(Library);
        var after = before.ToArray();

        Assert.True(ElfVersions.MarkWeak(after, "GLIBCXX_3.4.21"));
        Assert.False(ElfVersions.MarkWeak(after, "GLIBCXX_3.4.21"));

        var changed = Assert.Single(Enumerable.Range(0, before.Length), i => before[i] != after[i]);
        Assert.Equal([0, 2], (byte[])[before[changed], after[changed]]);
    }

    [Fact]
    public void A_version_that_is_not_needed_changes_nothing()
    {
        var bytes = File.ReadAllBytes(Library);

        Assert.False(ElfVersions.MarkWeak(bytes, "GLIBCXX_9.9.99"));
        Assert.Equal(File.ReadAllBytes(Library), bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1000)]
    public void A_cut_file_is_refused(int length) =>
        Assert.Throws<InvalidDataException>(() => ElfVersions.MarkWeak(File.ReadAllBytes(Library).AsSpan(0, length), "GLIBCXX_3.4.21"));
}
