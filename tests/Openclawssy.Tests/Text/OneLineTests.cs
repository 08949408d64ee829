using CsCheck;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("größe 文字 🎉", "größe 文字 🎉")]
    [InlineData("a\nb\r\tc", @"a\nb\r\tc")]
    [InlineData(@"a\nb", @"a\\nb")]
    [InlineData("\u001b[31mred\u009b0m\u007f", @"\u001b[31mred\u009b0m\u007f")]
    [InlineData("x\u202egnp.exe", @"x\u202egnp.exe")]
    [InlineData("a\u2028b\u2029c\u0085d", @"a\u2028b\u2029c\u0085d")]
    [InlineData("zero\u200bwidth\ufeff", @"zero\u200bwidth\ufeff")]
    [InlineData("tag\U000e0041", @"tag\U000e0041")]
    public void Nothing_starts_a_line_moves_the_cursor_or_turns_the_direction(string text, string shown) => Assert.Equal(shown, OneLine.Escape(text));

    [Fact]
    public void Half_a_character_is_written_as_an_escape() => Assert.Equal(@"half\ud83c", OneLine.Escape("half\ud83c"));

    [Fact]
    public void A_long_text_is_cut_between_code_points() => Assert.Equal("aaa…", OneLine.Escape("aaa🎉🎉", 4));

    [Fact]
    public void Every_text_becomes_one_harmless_line() => Gen.String[Gen.Char, 0, 80].Sample(text =>
        Assert.DoesNotContain(OneLine.Escape(text), c => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')));

    [Fact]
    public void Two_different_texts_never_look_the_same() => Gen.Select(Gen.String[Gen.Char, 0, 6], Gen.String[Gen.OneOf('\\', 'n', '\n', 'u', '0', 'a'), 0, 6])
        .Sample((one, two) => Assert.True(one == two || OneLine.Escape(one) != OneLine.Escape(two)));
}
