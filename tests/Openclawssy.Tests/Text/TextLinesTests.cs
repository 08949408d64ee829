using CsCheck;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class TextLinesTests
{
    [Fact]
    public void Apart_and_together_is_the_same_text() => Pick.Of("a", "", "\n", "\r\n", "\r").Array[0, 12].Select(string.Concat).Sample(text =>
    {
        Assert.Equal(text, TextLines.Of(text).Join());
        Assert.Equal(text, TextLines.Exactly(text).Join());
    });

    [Theory]
    [InlineData("", 0, "\n", true)]
    [InlineData("a", 1, "\n", false)]
    [InlineData("a\n", 1, "\n", true)]
    [InlineData("\n", 1, "\n", true)]
    [InlineData("a\r\nb\r\n", 2, "\r\n", true)]
    [InlineData("a\r\nb", 2, "\r\n", false)]
    [InlineData("a\r\nb\n", 2, "\n", true)]
    public void Lines_breaks_and_the_end_are_seen(string text, int count, string lineBreak, bool ends)
    {
        var lines = TextLines.Of(text);
        Assert.Equal((count, lineBreak, ends), (lines.Lines.Count, lines.Break, lines.EndsWithBreak));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a\nb", 2)]
    [InlineData("a\n", 2)]
    public void Results_count_breaks_plus_one(string text, int count) => Assert.Equal(count, TextLines.Count(text));
}
