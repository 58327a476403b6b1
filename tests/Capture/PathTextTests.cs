using FsCheck;
using FsCheck.Fluent;
using Syscribe.Capture.Text;
using Syscribe.Events;

namespace Syscribe.Capture.Tests;

public sealed class PathTextTests
{
    [Theory]
    [InlineData("/home/", "a", "/home/a")]
    [InlineData("/home", "a", "/home/a")]
    [InlineData("/home/", "../a", "/a")]
    [InlineData("/home/", "../../../a", "/a")]
    [InlineData("/home/", ".", "/home")]
    [InlineData("/home/", "", "/home")]
    [InlineData("/home/", "/etc/../etc//./passwd/", "/etc/passwd")]
    [InlineData("/", "..", "/")]
    [InlineData("/", "/", "/")]
    [InlineData("/a/b/", "c/../../d", "/a/d")]
    [InlineData("/a/", "...", "/a/...")]
    [InlineData("/a/", "..b", "/a/..b")]
    public void Join_normalises(string directory, string path, string joined) =>
        Assert.Equal(joined, PathText.Join(new Arena(), Utf8.From(directory), Utf8.From(path)).ToString());

    [Theory]
    [InlineData("/a//b///c", "/a/b/c")]
    [InlineData("a/../b", "a/../b")]
    [InlineData("//", "/")]
    [InlineData("", "")]
    public void Collapsing_slashes_keeps_dots(string path, string collapsed) =>
        Assert.Equal(collapsed, PathText.CollapseSlashes(new Arena(), Utf8.From(path)).ToString());

    [Fact]
    public void Join_agrees_with_the_framework_on_any_path()
    {
        var paths = Gen.ArrayOf(Gen.Elements("a", "b", "..", ".", "", "c.d")).Select(parts => string.Join('/', parts));
        var arena = new Arena();
        Prop.ForAll(paths.ToArbitrary(), path =>
        {
            arena.Reset();
            var relative = path.TrimStart('/');
            var expected = Path.GetFullPath("/base/dir/" + relative).TrimEnd('/');
            return PathText.Join(arena, Utf8.From("/base/dir/"), Utf8.From(relative)).ToString() == (expected.Length == 0 ? "/" : expected);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Texts_taken_before_the_arena_grows_stay_as_they_were()
    {
        var arena = new Arena();
        var texts = Enumerable.Range(0, 200).Select(i => arena.Append(Utf8.From(new string((char)('a' + (i % 26)), 1000))).Take()).ToList();

        Assert.All(texts.Select((text, i) => (text, i)), pair => Assert.Equal(new string((char)('a' + (pair.i % 26)), 1000), pair.text.ToString()));
    }
}
