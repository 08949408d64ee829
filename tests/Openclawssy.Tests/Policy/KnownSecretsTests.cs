using System.Text;
using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class KnownSecretsTests
{
    const string Value = "p@ss w0rd/+ü\"7";

    [Fact]
    public void A_value_is_found_in_every_spelling()
    {
        foreach (var (spelling, text) in Spellings(Value)) Assert.True(Hides(text, Value, spelling, new KnownSecrets([("db", Value)]).Scrub), spelling);
    }

    [Fact]
    public void The_control_that_replaces_the_raw_value_only_is_caught() =>
        Assert.Contains(Spellings(Value), it => !Hides(it.Text, Value, it.Spelling, text => new(text.Replace(Value, "[secret:db]", StringComparison.Ordinal), 1)));

    static bool Hides(string text, string value, string spelling, Func<string, Redacted> scrub)
    {
        var shown = scrub(text).Text;
        if (!shown.Contains("[secret:db]", StringComparison.Ordinal)) return false;
        return spelling != "base64" || !Decoded(shown).Contains(value, StringComparison.Ordinal);
    }

    static string Decoded(string text)
    {
        try { return Encoding.UTF8.GetString(Convert.FromBase64String(text)); }
        catch (FormatException) { return ""; }
    }

    static IEnumerable<(string Spelling, string Text)> Spellings(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return ("raw", $"before {value} after");
        yield return ("hex", $"x{Convert.ToHexString(bytes)}");
        yield return ("hex", $"x{Convert.ToHexStringLower(bytes)}");
        yield return ("url", $"?q={Uri.EscapeDataString(value)}&r=1");
        yield return ("form", $"q={Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal)}");
        yield return ("json", $"\"{JsonEncodedText.Encode(value)}\"");
        foreach (var before in new[] { "", "u", "us", "user:", "a bit" })
            foreach (var after in new[] { "", "x", "xy", ":0" })
            {
                var whole = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + value + after));
                yield return ("base64", whole);
                yield return ("base64url", whole.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            }
    }

    [Fact]
    public void Any_value_is_found_inside_any_base64() =>
        Gen.Select(Gen.Byte.Array[0, 9], Gen.String[Gen.Char['!', '~'], 8, 40], Gen.Byte.Array[0, 9]).Sample((before, value, after) =>
            Assert.Equal(1, new KnownSecrets([("n", value)]).Scrub(Convert.ToBase64String([.. before, .. Encoding.UTF8.GetBytes(value), .. after])).Count));

    [Fact]
    public void Short_values_are_refused_and_not_shown()
    {
        var error = Assert.Throws<ArgumentException>(() => new KnownSecrets([("pin", "1234567")]));

        Assert.Contains("pin", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1234567", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_text_stays_as_it_is()
    {
        var text = "nothing of the kind";

        Assert.Same(text, new KnownSecrets([("a", "something else")]).Scrub(text).Text);
        Assert.Same(text, KnownSecrets.None.Scrub(text).Text);
    }

    [Fact]
    public void Overlapping_values_are_covered_whole()
    {
        var secrets = new KnownSecrets([("one", "abcdefgh"), ("two", "efghijkl"), ("long", "abcdefghXYZ")]);

        Assert.Equal("<[secret:one][secret:two]>", secrets.Scrub("<abcdefghijkl>").Text);
        Assert.Equal("<[secret:long]>", secrets.Scrub("<abcdefghXYZ>").Text);
    }

    [Fact]
    public void A_value_cut_into_pieces_is_found_wherever_it_is_cut()
    {
        var secrets = new KnownSecrets([("one", "abcdefgh"), ("two", "efghijkl"), ("same", "zzzzzzzz")]);
        Gen.Select(Gen.OneOf("abcdefgh", "efghijkl", "abcdefghijkl", "ab", "abcdefg", "zzzz", "zzzzz", "x", " ").Array[0, 8], Gen.Int[1, 7].Array[40])
            .Sample((words, cuts) =>
            {
                var text = string.Concat(words);
                var pieces = new ScrubbedPieces(secrets);
                var shown = new StringBuilder();
                for (var (at, cut) = (0, 0); at < text.Length; cut++)
                {
                    var length = Math.Min(cuts[cut % cuts.Length], text.Length - at);
                    shown.Append(pieces.Push(text.Substring(at, length)).Text);
                    at += length;
                }
                shown.Append(pieces.Finish().Text);
                Assert.Equal(secrets.Scrub(text).Text, shown.ToString());
            });
    }

    [Fact]
    public void Pieces_that_overlap_without_end_are_not_held_for_ever()
    {
        var pieces = new ScrubbedPieces(new KnownSecrets([("same", "zzzzzzzz")]));
        var shown = new StringBuilder();
        for (var i = 0; i < 200; i++) shown.Append(pieces.Push("zzz").Text);

        Assert.NotEqual(0, shown.Length);
        Assert.DoesNotContain("zzzzzzzz", shown.ToString(), StringComparison.Ordinal);
    }
}
