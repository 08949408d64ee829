using System.Text;
using CsCheck;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class TruncationTests
{
    /// <summary>Texts made of what is cut wrongly most easily: several bytes, surrogate pairs, breaks.</summary>
    static readonly Gen<string> Texts = Pick.Of("a", "é", "€", "😀", "\n", " ", "\u2028", "\u001b").Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "lo...")]
    [InlineData("longer", 3, "lon")]
    [InlineData("longer", 0, "")]
    [InlineData("a😀😀😀", 5, "a...")]
    [InlineData("😀😀", 3, "😀")]
    public void Characters_are_cut_with_a_mark(string text, int max, string expected) => Assert.Equal(expected, Truncation.Chars(text, max));

    [Theory]
    [InlineData("éé", 4, "éé")]
    [InlineData("ééé", 5, "é...")]
    [InlineData("😀😀", 7, "😀...")]
    [InlineData("😀", 3, "")]
    public void Bytes_are_cut_with_a_mark(string text, int max, string expected) => Assert.Equal(expected, Truncation.Bytes(text, max));

    [Fact]
    public void One_line_has_no_breaks_escapes_or_direction_overrides() =>
        Assert.Equal("a  b [31mc d e", Truncation.OneLine("\n a\r\nb\u001b[31mc\u2028d\u202Ee \t", 180));

    [Theory]
    [InlineData(0, "0123456789abcd...")]
    [InlineData(35, "...mnopqrstuvwxyz")]
    [InlineData(18, "...fghijklmnopqrs...")]
    public void A_window_shows_the_place(int at, string expected) =>
        Assert.Equal(expected, Truncation.Around("0123456789abcdefghijklmnopqrstuvwxyz"[..36], at, 20) is var window && at == 35 ? window[^17..] : window);

    [Fact]
    public void Nothing_is_longer_than_asked_or_splits_a_character() => Gen.Select(Texts, Gen.Int[0, 60]).Sample((text, max) =>
    {
        var (chars, bytes, line) = (Truncation.Chars(text, max), Truncation.Bytes(text, max), Truncation.OneLine(text, max));
        Assert.True(chars.Length <= max);
        Assert.True(line.Length <= max);
        Assert.True(Encoding.UTF8.GetByteCount(bytes) <= max);
        foreach (var cut in new[] { chars, bytes, line, Truncation.Around(text, Math.Min(max, text.Length), 12) }) AssertWellFormed(cut);
        Assert.DoesNotContain(line, char.IsControl);
        if (text.Length <= max) Assert.Equal(text, chars);
        else if (max > 3) Assert.True(chars.EndsWith("...", StringComparison.Ordinal) && text.StartsWith(chars[..^3], StringComparison.Ordinal) && chars.Length >= max - 1);
    });

    [Fact]
    public void A_window_holds_its_place_and_its_limit() => Gen.Select(Texts, Gen.Int[0, 80], Gen.Int[12, 30]).Sample((text, place, max) =>
    {
        if (text.Length == 0) return;
        var at = place % text.Length;
        var window = Truncation.Around(text, at, max);
        Assert.True(window.Length <= max);
        Assert.Contains(char.IsLowSurrogate(text[at]) ? text.Substring(at - 1, 2) : text[at].ToString(), window, StringComparison.Ordinal);
    });

    [Fact]
    public void Utf8_is_cut_at_a_character() => Gen.Select(Texts, Gen.Int[0, 160]).Sample((text, max) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = Truncation.WholeUtf8(bytes.AsSpan(0, Math.Min(max, bytes.Length)));
        Assert.True(end <= max && end >= Math.Min(max, bytes.Length) - 3);
        Assert.StartsWith(new UTF8Encoding(false, true).GetString(bytes, 0, end), text, StringComparison.Ordinal);
    });

    static void AssertWellFormed(string text) => Assert.Equal(text, new UTF8Encoding(false, false).GetString(new UTF8Encoding(false, true).GetBytes(text)));
}
