using System.Text;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Files;
using Xunit;

namespace Openclawssy.Tests.Tools.Files;

public sealed class CodeSearchTests
{
    readonly FakeWorkspace workspace = new();
    readonly CodeSearch tool = new();

    [Fact]
    public async Task Matching_lines_come_with_path_and_number()
    {
        workspace["src/b.txt"] = "x\r\nfind me\r\n";
        workspace["a.txt"] = "find\n\nFind\n";
        var result = await workspace.CallAsync(tool, """{"pattern":"^find"}""");
        Assert.Equal("""{"matches":[{"path":"a.txt","line":1,"text":"find"},{"path":"src/b.txt","line":2,"text":"find me"}],"truncated":false,"files_searched":2}""", result.OutputJson);
        Assert.Equal("found 2 match(es) in 2 file(s) under .", result.Summary);
        Assert.Equal(3, (await MatchesAsync("find", """,{"case_insensitive":true}""")).Length);
        Assert.Equal(["src/b.txt:2"], await MatchesAsync("find", """,{"path":"src"}"""));
        Assert.Equal(["src/b.txt:2"], await MatchesAsync("find", """,{"path":"src/b.txt"}"""));
        Assert.Equal(["a.txt:2"], await MatchesAsync("^$", ""));
    }

    [Fact]
    public async Task What_is_not_searched_is_counted()
    {
        workspace.Put("binary", [(byte)'x', 0]).Put("latin1", [(byte)'x', 0xE9]).Put(".git/x", "x"u8.ToArray()).Put("a/.openclawssy/x", "x"u8.ToArray());
        workspace["large"] = new string('x', 101);
        workspace["small"] = new string('x', 100);
        var output = await workspace.OutputAsync(tool, """{"pattern":"x","max_file_bytes":100}""");
        Assert.Equal("""{"too_large":1,"binary":1,"not_utf8":1}""", output.GetProperty("skipped_files").GetRawText());
        Assert.Equal("small", Assert.Single(output.GetProperty("matches").EnumerateArray()).GetProperty("path").GetString());
    }

    [Theory]
    [InlineData(4, 0, true, 4)]
    [InlineData(5, 0, false, 5)]
    [InlineData(500, 2, true, 2)]
    [InlineData(500, 5, false, 5)]
    public async Task Limits_are_said_only_when_something_was_left_out(int maxMatches, int maxFiles, bool truncated, int matches)
    {
        for (var i = 0; i < 5; i++) workspace[$"f{i}"] = "x\n";
        var output = await workspace.OutputAsync(tool, $$"""{"pattern":"x","max_matches":{{maxMatches}}{{(maxFiles > 0 ? $",\"max_files\":{maxFiles}" : "")}}}""");
        Assert.Equal((truncated, matches), (output.GetProperty("truncated").GetBoolean(), output.GetProperty("matches").GetArrayLength()));
    }

    [Fact]
    public async Task A_long_line_is_cut_around_the_match_and_does_not_end_the_file()
    {
        workspace["a"] = new string('-', 300_000) + "needle" + new string('-', 100_000) + "\nneedle\n";
        var matches = (await workspace.OutputAsync(tool, """{"pattern":"needle"}""")).GetProperty("matches");
        Assert.Equal(2, matches.GetArrayLength());
        var text = matches[0].GetProperty("text").GetString()!;
        Assert.True(text.Length <= 500);
        Assert.Contains("needle", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)b")]
    [InlineData("(a)\\\\1")]
    [InlineData("(?>a)")]
    public void What_cannot_be_searched_in_linear_time_is_refused(string pattern) => Refused(pattern, "look-around");

    [Theory]
    [InlineData("(", "not a valid regular expression")]
    [InlineData("[z-a]", "not a valid regular expression")]
    [InlineData("a{99999999999}", "not a valid regular expression")]
    [InlineData("", "1 to 1000 characters")]
    public void A_bad_pattern_is_refused(string pattern, string sentence) => Refused(pattern, sentence);

    [Fact]
    public void A_pattern_that_is_too_long_is_refused() => Refused(new string('a', 1001), "1 to 1000 characters");

    /// <summary>Patterns and a line on which a backtracking engine needs exponential time.</summary>
    public static TheoryData<string> Catastrophic => ["^(a|aa)+$", "^(a+)*b?$", "(x+x+)+y|^(\\\\w+\\\\s?)*$", "^(([a-z])+.)+[A-Z]([a-z])+$"];

    static readonly string Line = new('a', 2_000);

    [Theory]
    [MemberData(nameof(Catastrophic))]
    public async Task A_catastrophic_pattern_is_searched_in_a_moment(string pattern)
    {
        workspace["a"] = Line + "!";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await workspace.CallAsync(tool, $$"""{"pattern":"{{pattern}}"}""", cancellationToken: limit.Token);
    }

    [Theory]
    [MemberData(nameof(Catastrophic))]
    public void A_backtracking_engine_would_have_hung_on_it(string pattern) =>
        Assert.Throws<RegexMatchTimeoutException>(() => Regex.IsMatch(Line + "!", pattern.Replace("\\\\", "\\", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromMilliseconds(100)));

    [Theory]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("(?:a{0,200}){200}")]
    [InlineData("(.{1,1000}x){1,1000}y")]
    [InlineData("\\\\w{300}\\\\d{300}")]
    public async Task A_pattern_with_huge_counters_ends_in_an_answer_or_a_refusal(string pattern)
    {
        workspace["a"] = Line;
        try { await workspace.CallAsync(tool, $$"""{"pattern":"{{pattern}}"}"""); }
        catch (ToolException refusal) { Assert.Equal("$.pattern", refusal.Path); }
    }

    [Fact]
    public async Task A_cancelled_search_stops()
    {
        workspace["a"] = "x";
        using var cancelled = new CancellationTokenSource();
        var call = tool.Parse("""{"pattern":"x"}"""u8.ToArray());
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.RunAsync(workspace.Scope(Reach.ReadsFiles), cancelled.Token));
    }

    async Task<string[]> MatchesAsync(string pattern, string more) =>
        [.. (await workspace.OutputAsync(tool, $$"""{"pattern":"{{pattern}}"{{more.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)}}}"""))
            .GetProperty("matches").EnumerateArray().Select(match => $"{match.GetProperty("path").GetString()}:{match.GetProperty("line").GetInt32()}")];

    void Refused(string pattern, string sentence)
    {
        var refusal = Assert.Throws<ToolException>(() => tool.Parse(Encoding.UTF8.GetBytes($$"""{"pattern":"{{pattern}}"}""")));
        Assert.Equal((ToolErrorCodes.InputInvalid, "$.pattern"), (refusal.Code, refusal.Path));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }
}
