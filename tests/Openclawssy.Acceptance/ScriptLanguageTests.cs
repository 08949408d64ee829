using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>The stories are only as good as the runner: each kind of statement must be able to fail.</summary>
public sealed class ScriptLanguageTests
{
    [Theory]
    [InlineData("a b", "a", "b")]
    [InlineData("  'a b'  c ", "a b", "c")]
    [InlineData("\"a\\nb\" 'c\\nd'", "a\nb", "c\\nd")]
    [InlineData("-m='x y'z \"\"", "-m=x yz", "")]
    [InlineData("'/tool fs.append {\"path\":\"n\",\"content\":\"\\nnew\"}'", "/tool fs.append {\"path\":\"n\",\"content\":\"\\nnew\"}")]
    public void Words_are_split_as_a_shell_splits_them(string line, params string[] words) => Assert.Equal(words, Words.Split(line));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("'one word'", "one word")]
    [InlineData("\"a\\nb\"", "a\nb")]
    [InlineData("'a' and 'b'", "'a' and 'b'")]
    public void A_rest_is_taken_as_it_stands_unless_all_of_it_is_quoted(string rest, string text) => Assert.Equal(text, Words.Text(rest));

    [Theory]
    [InlineData("write a/b.txt hello", "file a/b.txt is hello", "file a/*.txt contains ell", "exists a/b.txt", "! exists a/c.txt", "! file a/b.txt contains x")]
    [InlineData("write t \"one\\ntwo\\n\"", "file t contains 'one'", "link l t", "exists l", "link gone nowhere", "exists gone")]
    [InlineData("write .openclawssy/audit/000001-x.jsonl {\"event\":\"policy.denied\"}", "audit has policy.denied", "! audit has run.created")]
    [InlineData("write .openclawssy/config.json {\"a\":{\"b\":1,\"c\":2}} ", "config {\"a\":{\"b\":3}}", "file .openclawssy/config.json contains 3", "file .openclawssy/config.json contains 2")]
    [InlineData("write a one", "replace a one two", "file a is two")]
    [InlineData("# a remark", "", "mkdir d", "exists d")]
    [InlineData("page '{\"a\":{\"b\":[1,\"x\"]}}'", "GET ${PAGE_URL}/", "status 200", "json a.b.0 1", "json a.b.1 x", "json a.b.length 2", "json a", "! json a.c", "body b", "! body y",
        "answer Connection: close", "! answer ETag", "keep THAT a.b.1", "write t ${THAT}", "file t is x", "until a.b.0 1")]
    public Task What_holds_passes(params string[] lines) => RunAsync(lines);

    [Theory]
    [InlineData("exists nothing")]
    [InlineData("write a x", "! exists a")]
    [InlineData("write a x", "file a is y")]
    [InlineData("write a x", "file a contains y")]
    [InlineData("write a x", "! file a contains x")]
    [InlineData("file nothing contains x")]
    [InlineData("! file nothing contains x")]
    [InlineData("write a x", "mode a 0123")]
    [InlineData("audit has policy.denied")]
    [InlineData("write .openclawssy/audit/1.jsonl {\"event\":\"policy.denied\"}", "! audit has policy.denied")]
    [InlineData("exit 0")]
    [InlineData("! exit 0")]
    [InlineData("write a one", "replace a two three")]
    [InlineData("stdout x")]
    [InlineData("nonsense")]
    [InlineData("needs /nowhere/at-all")]
    [InlineData("! write a x")]
    [InlineData("signal HUP after x")]
    [InlineData("GET /healthz")]
    [InlineData("status 200")]
    [InlineData("gateway TERM")]
    [InlineData("gateway ends 0")]
    [InlineData("page x", "GET ${PAGE_URL}/", "status 404")]
    [InlineData("page x", "GET ${PAGE_URL}/", "body y")]
    [InlineData("page x", "GET ${PAGE_URL}/", "! body x")]
    [InlineData("page x", "GET ${PAGE_URL}/", "json a")]
    [InlineData("page {\"a\":1}", "GET ${PAGE_URL}/", "json a 2")]
    [InlineData("page {\"a\":1}", "GET ${PAGE_URL}/", "! json a")]
    [InlineData("page {\"a\":1}", "GET ${PAGE_URL}/", "keep THAT b")]
    [InlineData("page x", "GET ${PAGE_URL}/", "answer ETag")]
    [InlineData("page x", "GET ${PAGE_URL}/", "! answer Connection")]
    public async Task What_does_not_hold_fails_and_names_its_line(params string[] lines)
    {
        var failure = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(lines));
        Assert.Contains($"line {lines.Length}:", failure.Message);
    }

    [Theory]
    [InlineData("openclawssy version", "exit 1")]
    [InlineData("openclawssy version", "! exit 0")]
    [InlineData("openclawssy version", "stdout nonsense")]
    [InlineData("openclawssy version", "! stdout openclawssy")]
    [InlineData("openclawssy version", "stdout is openclawssy")]
    [InlineData("openclawssy version", "stderr x")]
    public async Task A_wrong_expectation_of_the_program_fails(params string[] lines)
    {
        if (!Binary.IsBuilt) Assert.Skip("the program is not built; run make build");
        await Assert.ThrowsAsync<ScriptException>(() => RunAsync(lines));
    }

    static async Task RunAsync(string[] lines)
    {
        using var folder = new TempFolder();
        using var runner = new ScriptRunner(folder, model: null);
        await runner.RunAsync(Script.Parse("test", lines));
    }
}
