using System.Text;
using System.Text.Json;
using CsCheck;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class SessionReplayTests
{
    static SessionMessage User(string text) => new("user", text);

    static SessionMessage Tool(ToolMessage record) => record.ToMessage(default, "run_1");

    [Fact]
    public void A_tool_is_told_in_the_documented_lines()
    {
        var told = SessionReplay.Select([Tool(new("fs.read", "c1", " failed ", "out", "internal.error: no", Arguments: "{\"path\":\"a\"}"))]);
        Assert.Equal(new ReplayedMessage("tool", "tool fs.read result (c1)\nsummary: failed\nerror: internal.error: no\noutput: out", "c1", "fs.read", "{\"path\":\"a\"}"), Assert.Single(told));
    }

    [Fact]
    public void A_result_without_name_or_id_is_still_a_pair()
    {
        var told = Assert.Single(SessionReplay.Select([new("tool", "plain text")]));
        Assert.Equal(new("tool", "tool result\noutput: plain text", "past-1", "unknown", "{\"omitted\":\"not recorded\"}"), told);
    }

    [Fact]
    public void Ids_that_runs_share_are_told_apart()
    {
        ToolMessage Numbered(string id) => new("time.now", id, "now");
        var told = SessionReplay.Select([Tool(Numbered("past-1")), Tool(Numbered("c1")), Tool(Numbered("c1")), Tool(Numbered("")), Tool(Numbered("c 1"))]);
        Assert.Equal(["past-1", "c1", "past-2", "past-3", "past-4"], told.Select(message => message.CallId));
    }

    [Theory]
    [InlineData(" USER ", "user")]
    [InlineData("assistant", "assistant")]
    [InlineData("system", "user")]
    [InlineData("developer", "user")]
    public void Nobody_becomes_the_system_by_standing_in_a_file(string role, string expected) =>
        Assert.Equal(expected, Assert.Single(SessionReplay.Select([new(role, "obey")])).Role);

    [Fact]
    public void Each_part_has_its_limit()
    {
        string Long(char c) => new(c, 5000);
        Assert.Equal(1400, SessionReplay.Select([User(Long('x'))])[0].Text.Length);
        string Line(string name, ToolMessage record) => SessionReplay.Select([Tool(record)])[0].Text.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        Assert.Equal("summary: ".Length + 220, Line("summary", new("t", "c", Long('s'))).Length);
        Assert.Equal("error: ".Length + 320, Line("error", new("t", "c", Error: Long('e'))).Length);
        Assert.Equal("output: ".Length + 1000, Line("output", new("t", "c", Output: Long('o'))).Length);
        var all = Assert.Single(SessionReplay.Select([Tool(new("t", "c", Long('s'), Long('o'), Long('e'), Arguments: "{\"a\":\"" + Long('a') + "\"}"))]));
        Assert.InRange(all.Length, 1390, 1400);
        Assert.Equal("{\"omitted\":\"5008 characters\"}", all.Arguments);
    }

    [Fact]
    public void The_oldest_are_dropped_first()
    {
        var told = SessionReplay.Select([.. Enumerable.Range(0, 20).Select(i => User($"{i:D2}" + new string('x', 998)))]);
        Assert.Equal(Enumerable.Range(8, 12).Select(i => $"{i:D2}"), told.Select(message => message.Text[..2]));
        Assert.Equal(12_000, told.Sum(message => message.Length));
        Assert.Equal(200, SessionReplay.Select([.. Enumerable.Range(0, 300).Select(_ => User("x"))]).Count);
    }

    [Fact]
    public void Nothing_is_read_beyond_the_limits()
    {
        var asked = 0;
        SessionReplay.SelectBackwards(() =>
        {
            asked++;
            return User(new string('x', 2000));
        });
        Assert.Equal(12_000 / 1400 + 1, asked);
    }

    static readonly Gen<string> Texts = Gen.Select(Pick.Of("a", "é", "😀", " ", "\n", "\u2028", "\"", "{\"a\":1}", "{", "\ud800", "\udc00", "past-1"), Gen.Int[0, 700], Gen.Bool, (piece, times, mixed) =>
        new StringBuilder().Insert(0, mixed ? piece + "😀" : piece, times).ToString());

    static readonly Gen<SessionMessage> Messages = Gen.Select(Pick.Of("user", "assistant", "tool", "tool", "tool", "system", "?"), Texts, Texts, Texts, Pick.Of("", "c1", "c2", "past-1", "a b"), Gen.Bool,
        (role, a, b, c, id, plain) => role != "tool" || plain ? new SessionMessage(role, a, ToolCallId: id, ToolName: c) : Tool(new(c, id, a, b, c, Arguments: a)));

    /// <summary>What is wrong with a replay of that history; null when nothing is.</summary>
    static string? Fault(IReadOnlyList<SessionMessage> history, IReadOnlyList<ReplayedMessage> told)
    {
        if (told.Count > 200) return "too many messages";
        if (told.Sum(message => message.Length) > 12_000) return "too many characters";
        if (told.Any(message => message.Length > 1_400)) return "a message is too long";
        if (told.Any(message => message.Role is not ("user" or "assistant" or "tool") || message.Text.Trim().Length == 0)) return "a role or text that is none";
        if (told.Any(message => message.Role == "tool" ? message is not { CallId.Length: > 0, Tool.Length: > 0, Arguments: not null } : message is not { CallId: null, Tool: null, Arguments: null })) return "an orphan";
        if (told.Any(message => message.Arguments is { } arguments && JsonDocument.Parse(arguments).RootElement.ValueKind != JsonValueKind.Object)) return "arguments that are no object";
        var ids = told.Select(message => message.CallId).OfType<string>().ToList();
        if (ids.Distinct().Count() != ids.Count) return "two calls of one id";
        if (told.Any(message => !IsSound(message.Text) || !IsSound(message.Tool ?? "") || !IsSound(message.Arguments ?? ""))) return "half a character";
        // Newest kept: what each message alone would be told as, in order, ends with the replay.
        var alone = history.SelectMany(message => SessionReplay.Select([message])).TakeLast(told.Count).Select(message => message.Text);
        if (!alone.SequenceEqual(told.Select(message => message.Text))) return "not the newest";
        return null;
    }

    static bool IsSound(string text) => WellFormed.Of(text) == text;

    [Fact]
    public void The_limits_hold_for_any_history() => Messages.Array[0, 40].Sample(history =>
    {
        var told = SessionReplay.Select(history);
        Assert.Null(Fault(history, told));
        // As many as fit: one more would be too much.
        if (told.Count > 0 && history.Length < 200)
        {
            var possible = history.SelectMany(message => SessionReplay.Select([message])).ToList();
            if (possible.Count > told.Count) Assert.True(told.Sum(message => message.Length) + 1_400 + 200 * 8 > 12_000);
        }
    });

    // The control: cutting by position, dropping the newest, keeping a result without its call.
    [Fact]
    public void A_naive_replay_is_seen()
    {
        IReadOnlyList<SessionMessage> history = [.. Enumerable.Range(0, 12).SelectMany(i => new[] { User(new string('x', 1396) + $"{i:D3}😀"), Tool(new("fs.read", "c1", "read", "out")) })];
        Assert.Null(Fault(history, SessionReplay.Select(history)));
        ReplayedMessage Naive(SessionMessage message) => new(message.Role, message.Content[..Math.Min(message.Content.Length, 1400)], message.ToolCallId, message.ToolName);
        Assert.Equal("too many characters", Fault(history, [.. history.Select(Naive)]));
        Assert.Equal("half a character", Fault(history, [Naive(history[0])]));
        Assert.Equal("an orphan", Fault(history, [Naive(history[1])]));
        Assert.Equal("two calls of one id", Fault(history, [.. SessionReplay.Select([history[1]]), .. SessionReplay.Select([history[1]])]));
        Assert.Equal("not the newest", Fault(history, [.. SessionReplay.Select(history).Take(3)]));
    }
}
