using FsCheck;
using FsCheck.Fluent;

namespace Syscribe.Alerts.Tests;

public sealed class PrintableTextTests
{
    [Fact]
    public void Text_that_is_printable_is_given_back_itself()
    {
        const string Text = "sh -c 'echo \u00e4\u6f22\u2026'";
        Assert.Same(Text, PrintableText.Of(Text));
    }

    [Fact]
    public void Any_text_becomes_printable_valid_and_as_long_as_before() => Prop.ForAll<NonNull<string>>(text =>
    {
        var printable = PrintableText.Of(text.Get);
        return printable.Length == text.Get.Length
            && !printable.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029')
            && printable == System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(printable));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 4, "abc\u2026")]
    [InlineData("ab\U0001F600cd", 4, "ab\uFFFD\u2026")]
    public void Long_text_is_cut_and_says_so(string text, int maxChars, string expected) =>
        Assert.Equal(expected, PrintableText.Of(text, maxChars));
}
