using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Runs;

/// <summary>Runs that belong to a conversation.</summary>
public sealed class ConversationTests
{
    static TestHouse House()
    {
        var house = new TestHouse();
        house.Session = house.Sessions.Create(house.Agent, new("cli", "uid:0", "terminal")).Id;
        return house;
    }

    static IReadOnlyList<SessionMessage> Messages(TestHouse house) => house.Sessions.ReadRecent(house.Agent, house.Session!.Value).Messages;

    [Fact]
    public async Task A_run_is_written_into_its_conversation_message_by_message()
    {
        await using var house = House();
        house.Place("a.txt", "content");
        house.Model.Calls("fs.read", """{"path":"a.txt"}""").Says("it says content");
        var run = await house.AskAsync("what is in a.txt?");
        var messages = Messages(house);
        Assert.Equal(["user", "tool", "assistant"], messages.Select(message => message.Role));
        Assert.All(messages, message => Assert.Equal(run.Id.ToString(), message.RunId));
        Assert.Equal(("fs.read", "c1"), (messages[1].ToolName, messages[1].ToolCallId));
        var tool = ToolMessage.Of(messages[1]);
        Assert.Equal("""{"path":"a.txt"}""", tool.Arguments);
        Assert.Contains("content", tool.Output, StringComparison.Ordinal);
        Assert.Equal("it says content", messages[2].Content);
    }

    [Fact]
    public async Task The_next_run_is_told_what_was_said_before_in_messages_a_provider_accepts()
    {
        await using var house = House();
        house.Model.Calls("fs.list", "{}").Says("nothing here").Says("I said: nothing here");
        await house.AskAsync("what is here?");
        var second = await house.AskAsync("what did you say?");
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "user"], house.Model.Heard[2].Select(message => message.Role.Value));
        Assert.Equal("what did you say?", house.Model.Heard[2][^1].Text);
        Assert.Equal(house.Model.Heard[0][0].Text, house.Model.Heard[2][0].Text);
        var story = TestHouse.Read(second);
        Assert.Equal(4 - 1, story.First<HistoryReplayed>()!.Messages.Count);
        Assert.Equal(house.Session.ToString(), story.First<RunCreated>()!.SessionId);
    }

    [Fact]
    public async Task No_call_of_a_run_has_the_id_of_one_before_it()
    {
        await using var house = House();
        house.Model.Calls("fs.list", "{}").Says("one").Calls("fs.list", "{}").Says("two");
        await house.AskAsync("first");
        var second = await house.AskAsync("second");
        var history = TestHouse.Read(second).First<HistoryReplayed>()!.Messages.Select(message => message.CallId).OfType<string>();
        var own = TestHouse.Read(second).Entries.Select(entry => entry.Event).OfType<ToolRequested>().Select(call => call.CallId);
        Assert.Empty(history.Intersect(own));
    }

    [Fact]
    public async Task A_run_that_failed_says_so_in_its_conversation()
    {
        await using var house = House();
        house.Model.Fails(new Openclawssy.Runtime.Models.ModelException("model.unauthorized", "the key was refused"));
        await house.AskAsync("hello");
        Assert.Contains("the key was refused", Messages(house)[^1].Content, StringComparison.Ordinal);
        Assert.Contains("needs your attention", Messages(house)[^1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_conversation_is_never_used_again_and_nothing_runs()
    {
        await using var house = House();
        house.Sessions.Close(house.Agent, house.Session!.Value);
        var refused = await Assert.ThrowsAsync<SessionException>(() => house.AskAsync("hello"));
        Assert.Equal(SessionErrorCodes.Closed, refused.Code);
        Assert.Empty(house.Model.Heard);
        Assert.False(Directory.Exists(house.State.Of("agents", "default", "runs")) && Directory.EnumerateFileSystemEntries(house.State.Of("agents", "default", "runs")).Any());
    }

    [Fact]
    public async Task Closing_a_conversation_during_a_run_leaves_the_run_and_its_record_whole()
    {
        await using var house = House();
        house.With(new ProbeTool(Openclawssy.Runtime.Toolkit.Reach.WritesFiles, (_, _) =>
        {
            house.Sessions.Close(house.Agent, house.Session!.Value);
            return Task.FromResult("closed");
        }));
        house.GrantEverything();
        house.Model.Calls("probe.act", "{}").Says("done");
        var run = await house.AskAsync("go");
        Assert.Equal((RunStates.Completed, "done"), (run.State, run.Output));
        Assert.Equal(["user"], Messages(house).Select(message => message.Role));
    }

    [Fact]
    public async Task What_a_dead_process_did_not_write_into_its_conversation_is_added_once_at_the_next_start()
    {
        await using var house = House();
        house.Model.Calls("fs.list", "{}").Says("never acknowledged");
        var run = await house.AskAsync("hello");
        // The process died after its second event: the conversation has the message, the journal a little more.
        var journal = Path.Combine(run.Folder, "events.jsonl");
        var lines = File.ReadAllLines(journal);
        var cut = Array.FindIndex(lines, line => line.Contains("\"event\":\"tool.result\"", StringComparison.Ordinal)) + 1;
        File.WriteAllLines(journal, lines[..cut]);
        var chat = Directory.GetFiles(house.State.Of("agents", "default", "memory", "chats", house.Session.ToString()!), "messages.jsonl")[0];
        File.WriteAllLines(chat, File.ReadAllLines(chat)[..1]);
        house.LeaveProcessBehind(run);
        await house.CloseOrphansAsync();
        await house.CloseOrphansAsync();
        Assert.Equal(["user", "tool", "assistant"], Messages(house).Select(message => message.Role));
        Assert.Contains("interrupted", Messages(house)[^1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_in_a_message_is_masked_in_the_conversation_and_whole_in_the_runs_own_folder()
    {
        await using var house = House();
        const string key = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        house.Model.Says("noted");
        var run = await house.AskAsync($"my token is {key}");
        Assert.DoesNotContain(key, Messages(house)[0].Content, StringComparison.Ordinal);
        Assert.Contains(key, File.ReadAllText(Path.Combine(run.Folder, "events.jsonl")), StringComparison.Ordinal);
    }
}
