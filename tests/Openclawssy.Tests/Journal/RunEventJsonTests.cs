using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class RunEventJsonTests
{
    static readonly Provenance Who = new("model", "m");
    static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Events => [.. All.Select(happened => happened.GetType().Name)];

    static RunEvent[] All =>
    [
        new RunCreated("run_1", "default", ["operator"], "cli.run", Who, "héllo \"x\"\n", ["value"], "s1", "p", new(1000, "/dev/pts/1"), "full", "0.1"),
        new RunRequeued("abc"),
        new RunStarted("zai", "GLM", 120, 900_000, 1_200_000, "kernel-atomic"),
        new PromptAssembled("## SOUL.md\n…"),
        new ToolsOffered("abc", [new("fs.read", "reads", "{}")]),
        new ModelRequested(1, 1, [1, 3], new("zai", "GLM", 100, 0.2, true), "abc", "def", 12),
        new ModelText(1, "text 👍"),
        new ModelAnswered(1, [6], "hm", [new("c1", "fs.read", "{\"path\":1}", "{}")], "stop", new(1, 2, 3), "m", "{}", 5, Who, 0.000021m),
        new ModelFailed(1, 2, "model.unavailable", "busy", true, 7, "retry", 700, new(1, 2, 3), 0.25m),
        new HistoryReplayed("chat_1", [new("user", "before"), new("tool", "output: {}", "h1", "fs.read", "{}")]),
        new GuidanceGiven(2, "recovery", "change something"),
        new ContextCompacted(3, [4, 5], "summary", "model", [new(9, "short")], 1000, 100),
        new ToolRequested("c1", "fs.read", "fs.read", null, 7, null, Who) { Shown = "never on disk" },
        new PolicyVerdict("c1", "fs.read", "allow", "pure_read", "grant", "here", "because"),
        new ToolAnswered("c1", "fs.read", "{}", "read", new("timeout", "late", true, "a"), "pure_read", At, At, 3, Who),
        new RunEnded("failed", "timeout", 7, null, "late", null, 1, 1, new(1, null, null), At, 9, ["fs.write (c2)"], 0.5m),
    ];

    [Theory, MemberData(nameof(Events))]
    public void Every_event_is_written_as_the_serializer_would_and_reads_back_the_same(string name)
    {
        var happened = All.Single(candidate => candidate.GetType().Name == name);
        using var fields = new LineFields();
        var written = Encoding.UTF8.GetString(RunEventJson.Write(fields, happened));
        using var ours = JsonDocument.Parse(written);
        using var theirs = JsonDocument.Parse(JsonSerializer.Serialize(happened, RunEventJson.Default.RunEvent));
        Assert.True(JsonElement.DeepEquals(theirs.RootElement, ours.RootElement), written);
        Assert.StartsWith("{\"event\":\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("never on disk", written, StringComparison.Ordinal);
        var read = JsonSerializer.Deserialize(written, RunEventJson.Default.RunEvent)!;
        Assert.Equal(happened.GetType(), read.GetType());
        Assert.Equal(JsonSerializer.Serialize(happened, RunEventJson.Default.RunEvent), JsonSerializer.Serialize(read, RunEventJson.Default.RunEvent));
    }

    [Fact]
    public void No_kind_of_event_is_forgotten_here()
    {
        var kinds = typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunEvent)) && type != typeof(UnknownEvent)).Select(type => type.Name);
        Assert.Equal(kinds.Order(StringComparer.Ordinal), All.Select(happened => happened.GetType().Name).Order(StringComparer.Ordinal));
    }
}
