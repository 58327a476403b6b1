using System.Text;
using Syscribe.Inference.Text;

namespace Syscribe.Inference.Tests.Text;

public sealed class PromptTemplateTests
{
    [Theory]
    [InlineData("judge: {event}\nalert:", "judge: ", "\nalert:")]
    [InlineData("{event}", "", "")]
    [InlineData("{ev}{event}{ent}", "{ev}", "{ent}")]
    public void A_template_is_what_stands_before_and_after_the_event(string text, string before, string after)
    {
        var template = PromptTemplate.Parse(text);

        Assert.Equal(before, Encoding.UTF8.GetString(template.Instruction.Span));
        Assert.Equal(after, Encoding.UTF8.GetString(template.Suffix.Span));
    }

    [Theory]
    [InlineData("no place", "nowhere")]
    [InlineData("{event} and {event}", "more than once")]
    public void A_template_without_exactly_one_place_is_refused(string text, string seen) =>
        Assert.Contains(seen, Assert.Throws<FormatException>(() => PromptTemplate.Parse(text)).Message, StringComparison.Ordinal);
}
