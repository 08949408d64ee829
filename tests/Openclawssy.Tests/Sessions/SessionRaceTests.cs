using System.Text.Json;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Openclawssy.Tests.Storage;
using Xunit;

namespace Openclawssy.Tests.Sessions;

/// <summary>Several processes in one conversation, killed processes, and disks that refuse.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SessionRaceTests : IDisposable
{
    static readonly string[] names = ["ann", "bob", "cem"];

    readonly Chats chats = new();
    public void Dispose() => chats.Dispose();

    /// <summary>What is wrong with a file that each name wrote so many messages into; null when nothing is.</summary>
    string? Fault(SessionId id, int count)
    {
        if (!chats.Store.Examine(Chats.Agent, id).IsSound) return "lines that are no messages";
        var said = File.ReadLines(chats.MessagesOf(id)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("content").GetString()!.Split(' ')).ToList();
        foreach (var name in names)
            if (!said.Where(words => words[0] == name).Select(words => int.Parse(words[1])).SequenceEqual(Enumerable.Range(0, count))) return $"not everything {name} said, in order";
        return said.Count == names.Length * count ? null : "something nobody said";
    }

    [Fact]
    public void Everything_that_several_processes_say_is_kept_whole_and_in_order()
    {
        var id = chats.New().Id;
        var count = Campaign.Scale(40, 2000);
        Processes.Together(names.Select(name => new[] { "talk", chats.State, id.ToString(), name, $"{count}" }));
        Assert.Null(Fault(id, count));
    }

    // The control: the same processes without the lock.
    [Fact]
    public void A_writer_without_the_lock_is_caught()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var id = chats.New().Id;
            Processes.Together(names.Select(name => new[] { "talk-naively", chats.MessagesOf(id), name, "500" }));
            if (Fault(id, 500) is not null) return;
        }
        Assert.Fail("the control was not caught: the race detects nothing");
    }

    bool IsInterleaved(SessionId id) => chats.Store.ReadRecent(Chats.Agent, id).Messages.Chunk(2).Any(pair => pair is not [{ Role: "user" }, { Role: "assistant" }] || pair[0].Content != pair[1].Content);

    [Fact]
    public void Turns_of_several_processes_do_not_mix()
    {
        var id = chats.New().Id;
        Processes.Together(names.Select(name => new[] { "take-turns", chats.State, id.ToString(), name, "10" }));
        Assert.Equal(names.Length * 20, chats.Store.ReadRecent(Chats.Agent, id).Messages.Count);
        Assert.False(IsInterleaved(id));
    }

    [Fact]
    public void Runs_without_turns_are_caught()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var id = chats.New().Id;
            Processes.Together(names.Select(name => new[] { "take-no-turns", chats.State, id.ToString(), name, "30" }));
            if (IsInterleaved(id)) return;
        }
        Assert.Fail("the control was not caught: the race detects nothing");
    }

    [Fact]
    public async Task Killed_at_any_moment_a_writer_leaves_everything_it_acknowledged()
    {
        var kills = Campaign.Scale(4, 200);
        for (var i = 0; i < kills; i++)
        {
            var id = chats.New().Id;
            var acknowledged = AcknowledgedBeforeKill(i, "talk", chats.State, id.ToString(), "alone", "1000000");
            var condition = chats.Store.Examine(Chats.Agent, id);
            Assert.Equal((0, 0), (condition.Malformed, condition.Overlong));
            // Nobody holds the turn or the lock any more, and the file takes messages again.
            using var turn = await chats.Store.BeginTurnAsync(Chats.Agent, id, default);
            await turn.AppendAsync(Chats.User("after"));
            var said = File.ReadAllLines(chats.MessagesOf(id)).Length - 1;
            Assert.InRange(said, acknowledged, acknowledged + 1);
        }
    }

    // The control: a writer that says yes before the line is in the file.
    [Fact]
    public void A_writer_that_acknowledges_too_early_is_caught()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var id = chats.New().Id;
            var acknowledged = AcknowledgedBeforeKill(attempt, "talk-buffered", chats.MessagesOf(id), "alone", "1000000");
            if (chats.Store.Examine(Chats.Agent, id).Messages < acknowledged) return;
        }
        Assert.Fail("the control was not caught: the campaign detects nothing");
    }

    static int AcknowledgedBeforeKill(int seed, params string[] command)
    {
        var random = new Random(Campaign.Seed + seed);
        using var process = Dummy.Start(command);
        var acknowledged = 0;
        for (var lines = random.Next(1, 20); lines > 0; lines--) acknowledged += process.StandardOutput.ReadLine() is null ? 0 : 1;
        Thread.SpinWait(random.Next(1, 2_000_000));
        process.Kill();
        while (process.StandardOutput.ReadLine() is not null) acknowledged++;
        process.WaitForExit();
        return acknowledged;
    }

    [Fact]
    public async Task A_failing_sync_is_never_acknowledged()
    {
        if (!File.Exists("/usr/bin/strace")) Assert.Skip("strace is not installed");
        var id = chats.New().Id;
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("one")]);
        string[] errors = Campaign.IsFull ? ["EIO", "ENOSPC", "EDQUOT"] : ["EIO"];
        foreach (var error in errors)
        {
            Assert.Equal(9, Dummy.UnderStrace($"fsync:error={error}:when=1", null, "talk", chats.State, id.ToString(), "alone", "1").ExitCode);
            Assert.Equal(9, Dummy.UnderStrace($"write:error={error}:when=1+", chats.MessagesOf(id), "talk", chats.State, id.ToString(), "alone", "1").ExitCode);
            for (var nth = 1; nth <= 2; nth++) Assert.Equal(9, Dummy.UnderStrace($"fsync:error={error}:when={nth}", null, "close-session", chats.State, chats.New().Id.ToString()).ExitCode);
        }
        Assert.Equal(9, Dummy.UnderStrace("flock:error=ENOLCK", null, "talk", chats.State, id.ToString(), "ann", "1").ExitCode);
        Assert.Equal(0, Dummy.UnderStrace("fsync:error=EIO:when=9+", null, "talk", chats.State, id.ToString(), "alone", "1").ExitCode);
    }

    [Fact]
    public async Task A_full_disk_leaves_no_half_message_and_takes_messages_again()
    {
        var id = chats.New().Id;
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User(new string('x', 900))]);
        var length = new FileInfo(chats.MessagesOf(id)).Length;
        Assert.InRange(length, 950, 1000);
        var (code, _, said) = Dummy.UnderFileSizeLimit(1, "talk", chats.State, id.ToString(), "ann", "1");
        Assert.Equal(9, code);
        Assert.Contains("append to", said, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(chats.MessagesOf(id)).Length);
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("two")]);
        Assert.True(chats.Store.Examine(Chats.Agent, id).IsSound);
    }
}
