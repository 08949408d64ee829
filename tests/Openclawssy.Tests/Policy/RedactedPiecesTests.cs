using System.Text;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class RedactedPiecesTests
{
    const string Token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

    static readonly string Key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1k9sX2Qm4\nv8Zt0Lw3Yc6Rf5Hn1Pd\n-----END RSA PRIVATE KEY-----\n";

    // Pieces of patterns and of prose, so that any row of them is full of half patterns.
    static readonly string[] Words =
    [
        Token, "ghp_", "AKIA", "QYLPMN5HFIQR7XYA", "sk-proj-abc123def456ghi789jkl0", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9", "eyJ", "abcQ~",
        "password", "token", "api_key", "key", "author", "Authorization", "authorization is", "cookie", "Set-Cookie: sid=9f8a7b6c5d4e3f2a1b; path=/", "login", "next_token", "tokens", "keyboard", "pass", "--secret", "PUBLIC_KEY",
        "=", ": ", ":", " = ", ":=", "\"", "'", "`", "\\\"", "\\n", ",", ";", ".", "-", "_", "<", ">", "</", "(", ")", "?", "+", "@", "/", "value=", "string",
        "hunter22secret", "s3cr3t!pass", "a8f5f167f44f4964e6c998dee827110c", "Zx9kQ2mV7bN4pL8sT1wR5yU3", "example", "Bearer ", "bearer ", "Basic ", "dXNlcjpwYXNzd29yZDEyMw==",
        "postgres://", "user:p4ssw0rd@host", "://", "https://example.com/a?b=c", "https://hooks.slack.com/services/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", "hooks.slack.com/",
        "-----BEGIN", "-----BEGIN ", "PRIVATE KEY-----", "-----END", "-----BEGIN CERTIFICATE-----", Key,
        " ", " ", " ", "  ", "\t", "\n", "\n", "\r\n", "the", "point is", "that", "x", "7", "é", "密", "😀", "ſ", "K", "<password>\n  hunter22secret\n</password>",
    ];

    static readonly Gen<string> AnyText = Gen.Int[0, Words.Length - 1].Array[0, 30].Select(picked => string.Concat(picked.Select(i => Words[i])));

    static readonly Gen<int[]> AnyCuts = Gen.Int[1, 40].Select(n => n <= 20 ? 1 + n % 3 : n).Array[1, 20];

    static IEnumerable<string> Cut(string text, int[] cuts)
    {
        for (var (at, cut) = (0, 0); at < text.Length; cut++)
        {
            var length = Math.Min(cuts[cut % cuts.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    static string Shown(IEnumerable<string> pieces)
    {
        var redacted = new RedactedPieces();
        var shown = new StringBuilder();
        foreach (var piece in pieces) shown.Append(redacted.Push(piece).Text);
        return shown.Append(redacted.Finish().Text).ToString();
    }

    // The control: each piece redacted as if it were the whole.
    static string Naive(IEnumerable<string> pieces) => string.Concat(pieces.Select(piece => Redactor.Redact(piece).Text));

    // The control: held back to the last blank, as if every credential were one word.
    static string WordByWord(IEnumerable<string> pieces)
    {
        var (shown, held) = (new StringBuilder(), "");
        foreach (var piece in pieces)
        {
            held += piece;
            var cut = held.LastIndexOfAny([' ', '\n']) + 1;
            shown.Append(Redactor.Redact(held[..cut]).Text);
            held = held[cut..];
        }
        return shown.Append(Redactor.Redact(held).Text).ToString();
    }

    static void EveryCuttingShowsTheRedactedWhole(Func<IEnumerable<string>, string> show, int iterations) =>
        Gen.Select(AnyText, AnyCuts).Sample((text, cuts) => show(Cut(text, cuts)) == Redactor.Redact(text).Text, iter: iterations, threads: 1);

    [Fact]
    public void The_pieces_together_are_the_redacted_whole_however_it_is_cut() => EveryCuttingShowsTheRedactedWhole(Shown, Campaign.Scale(20_000, 2_000_000));

    [Fact]
    public void The_controls_that_redact_piece_by_piece_and_word_by_word_are_caught()
    {
        Assert.ThrowsAny<Exception>(() => EveryCuttingShowsTheRedactedWhole(Naive, 5_000));
        Assert.ThrowsAny<Exception>(() => EveryCuttingShowsTheRedactedWhole(WordByWord, 5_000));
    }

    [Theory]
    [InlineData("say ghp_16C7e42F292c6912E7710c838347Ae178B4a to them", "16C7e42F")]
    [InlineData("password = \"hunter22 secret9\" is set\n", "hunter22")]
    [InlineData("Authorization: Bearer aB3dE5fG7hI9jK1lM2nO4pQ6\n", "aB3dE5fG7")]
    [InlineData("ghp_16C7e42F292c6912E7710c838347Ae178B4a-secret hunter22secret\n", "hunter22")]
    [InlineData("<password>\n  hunter22secret\n</password>\n", "hunter22")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1k9sX2Qm4\nv8Zt0Lw3Yc6Rf5Hn1Pd\n-----END RSA PRIVATE KEY-----\n", "v8Zt0Lw3")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1k9sX2Qm4\nv8Zt0Lw3Yc6Rf5Hn1Pd and no end", "v8Zt0Lw3")]
    public void A_credential_cut_in_two_is_masked_wherever_it_is_cut(string text, string secret)
    {
        for (var cut = 1; cut < text.Length; cut++) Assert.DoesNotContain(secret, Shown([text[..cut], text[cut..]]), StringComparison.Ordinal);
        Assert.Contains(Enumerable.Range(1, text.Length - 1), cut => Naive([text[..cut], text[cut..]]).Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Prose_is_shown_word_by_word_also_where_it_speaks_of_keys_and_tokens()
    {
        const string Prose = "The key point is that the author counts tokens, so a token. And one password (or two) is enough; see https://example.com/docs for the rest 密码 of it all ";
        var pieces = new RedactedPieces();
        var (shown, longest) = (0, 0);
        for (var i = 0; i < Prose.Length; i++)
        {
            shown += pieces.Push(Prose[i].ToString()).Text.Length;
            longest = Math.Max(longest, i + 1 - shown);
        }
        Assert.InRange(longest, 1, 26);
        Assert.Equal(Prose.Length, shown);
    }

    [Fact]
    public void What_stays_undecided_too_long_is_masked_and_the_rest_is_not_shown_in_pieces()
    {
        var pieces = new RedactedPieces();
        var shown = new StringBuilder(pieces.Push("before ").Text);
        for (var i = 0; i < 80; i++) shown.Append(pieces.Push(new string((char)('a' + i % 26), 1024)).Text);
        shown.Append(pieces.Push($" {Token}\n").Text).Append(pieces.Finish().Text);

        Assert.True(pieces.IsWithheld);
        Assert.Equal("before [redacted]", shown.ToString());
    }

    [Fact]
    public void Published_secrets_in_running_text_are_masked_as_in_the_whole()
    {
        var lines = RedactorCorpusTests.Read();
        var cuts = new[] { 1, 7, 2, 30, 3 };
        foreach (var chunk in lines.Chunk(40))
        {
            var text = string.Concat(chunk.Select((line, i) => line.Text + (i % 3 == 0 ? " " : "\n")));
            Assert.Equal(Redactor.Redact(text).Text, Shown(Cut(text, cuts)));
        }
    }
}
