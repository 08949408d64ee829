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

    const string Said = """POST ${DISCORD_API}/channels/100/messages {"content":"hi","nonce":"1001-0","enforce_nonce":true,"allowed_mentions":{"parse":[]}}""";

    static readonly string[] discord = ["write .openclawssy/config.json {}", "discord starts"], asABot = ["header Authorization: Bot ${DISCORD_TOKEN}", "header User-Agent: DiscordBot (a test)"];

    [Theory]
    [InlineData(Said, "discord messages 1", "discord says hi", "! discord says ho", "discord requests 'POST /channels/100' 1", "! discord requests typing")]
    [InlineData("discord ann writes hello", Said, "discord answers is hi", "discord part 1 begins h", "discord part 1 ends i")]
    public Task What_a_bot_said_is_seen(params string[] lines) => RunAsync([.. discord, .. asABot, .. lines]);

    [Theory]
    [InlineData("discord messages 0")]
    [InlineData("discord messages 2")]
    [InlineData("! discord says hi")]
    [InlineData("discord requests channels 0")]
    [InlineData("! discord requests channels")]
    [InlineData("discord intents 1")]
    [InlineData("! discord messages 2")]
    [InlineData("discord nonsense")]
    [InlineData("discord carl writes hi")]
    public async Task What_a_bot_did_not_say_is_not(string line)
    {
        string[] lines = [.. discord, .. asABot, Said, line];
        Assert.Contains($"line {lines.Length}:", (await Assert.ThrowsAsync<ScriptException>(() => RunAsync(lines))).Message);
    }

    [Theory]
    [InlineData("GET ${DISCORD_API}/nonsense", "no such route")]
    [InlineData("""POST ${DISCORD_API}/channels/100/messages {"content":"hi","allowed_mentions":{"parse":[]}}""", "without an enforced nonce")]
    [InlineData("""POST ${DISCORD_API}/channels/100/messages {"content":"hi","nonce":"1","enforce_nonce":true}""", "may mention somebody")]
    [InlineData("write notes ${DISCORD_TOKEN}", "token is in")]
    [InlineData("discord holds channels 60|" + Said + "|header Authorization: Bot ${DISCORD_TOKEN}|header User-Agent: DiscordBot (a test)|" + Said, "did not wait")]
    [InlineData("discord allows 1 every 60000|" + Said + "|header Authorization: Bot ${DISCORD_TOKEN}|header User-Agent: DiscordBot (a test)|" + Said, "limits it knew of 1 times")]
    [InlineData("discord ann writes hello|" + Said + "|header Authorization: Bot ${DISCORD_TOKEN}|header User-Agent: DiscordBot (a test)|"
        + """POST ${DISCORD_API}/channels/100/messages {"content":"hi","nonce":"1001-1","enforce_nonce":true,"allowed_mentions":{"parse":[]}}""", "said something twice: hi")]
    public async Task A_bot_that_does_what_it_may_not_fails_a_story_that_does_not_look(string lines, string why)
    {
        var failure = await Assert.ThrowsAsync<ScriptException>(() => RunAsync([.. discord, .. asABot, .. lines.Split('|')]));
        Assert.Contains("at its end", failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_prints_the_bots_token_fails_its_story()
    {
        if (!Binary.IsBuilt) Assert.Skip("the program is not built; run make build");
        var failure = await Assert.ThrowsAsync<ScriptException>(() => RunAsync([.. discord, "openclawssy ${DISCORD_TOKEN}"]));
        Assert.Contains("printed the bot's token", failure.Message, StringComparison.Ordinal);
    }

    static async Task RunAsync(string[] lines)
    {
        using var folder = new TempFolder();
        using var runner = new ScriptRunner(folder, model: null);
        await runner.RunAsync(Script.Parse("test", lines));
    }
}
