using Openclawssy.Runtime.Sessions;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class SessionTurnTests : IDisposable
{
    readonly Chats chats = new();
    public void Dispose() => chats.Dispose();

    Task<SessionTurn> Begin(Session session) => chats.Another().BeginTurnAsync(Chats.Agent, session.Id, default).AsTask();

    [Fact]
    public async Task A_turn_tells_the_history_and_adds_to_it()
    {
        var session = chats.New();
        using (var turn = await Begin(session))
        {
            Assert.Empty(turn.Replay());
            await turn.AppendAsync(Chats.User("what is in a.txt?"));
            await turn.SyncAsync(turn.Append(new ToolMessage("fs.read", "c1", "read 1 line", "{\"content\":\"x\"}", Arguments: "{\"path\":\"a.txt\"}").ToMessage(chats.Clock.GetUtcNow(), "run_1")));
            await turn.AppendAsync(new SessionMessage(SessionRoles.Assistant, "An x.", RunId: "run_1"));
            Assert.Equal(0, turn.Append());
        }
        using var next = await Begin(session);
        Assert.Equal(
        [
            new ReplayedMessage("user", "what is in a.txt?"),
            new("tool", "tool fs.read result (c1)\nsummary: read 1 line\noutput: {\"content\":\"x\"}", "c1", "fs.read", "{\"path\":\"a.txt\"}"),
            new("assistant", "An x."),
        ], next.Replay());
        Assert.Equal(next.Replay(), SessionReplay.Select(next.ReadRecent().Messages));
    }

    [Fact]
    public async Task A_second_run_waits_for_the_turn_and_is_refused_after_thirty_seconds()
    {
        var session = chats.New();
        var first = await Begin(session);
        var hasty = Begin(session);
        for (var waited = 0; waited < 120; waited++)
        {
            Assert.False(hasty.IsCompleted);
            chats.Clock.Advance(TimeSpan.FromMilliseconds(249));
            await Task.Yield();
        }
        while (!hasty.IsCompleted) { chats.Clock.Advance(TimeSpan.FromMilliseconds(250)); await Task.Yield(); }
        Assert.Equal("session.busy", await Chats.CodeOf(() => hasty));

        var patient = Begin(session);
        Assert.False(patient.IsCompleted);
        await first.AppendAsync(Chats.User("still mine"));
        first.Dispose();
        while (!patient.IsCompleted) { chats.Clock.Advance(TimeSpan.FromMilliseconds(250)); await Task.Yield(); }
        using var second = await patient;
        Assert.Equal("still mine", Assert.Single(second.Replay()).Text);
    }

    [Fact]
    public async Task Waiting_for_a_turn_can_be_given_up()
    {
        var session = chats.New();
        using var first = await Begin(session);
        using var stop = new CancellationTokenSource();
        var waiting = chats.Store.BeginTurnAsync(Chats.Agent, session.Id, stop.Token).AsTask();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Closing_while_a_run_holds_the_turn_ends_what_it_may_add()
    {
        var session = chats.New();
        using var turn = await Begin(session);
        var waiting = Begin(session);
        await turn.AppendAsync(Chats.User("one"));
        chats.Another().Close(Chats.Agent, session.Id);
        Assert.Equal("session.closed", Chats.CodeOf(() => turn.Append(Chats.User("two"))));
        Assert.Equal("session.closed", Chats.CodeOf(() => turn.Append(Chats.User("two"))));
        Assert.Equal("one", Assert.Single(turn.ReadRecent().Messages).Content);
        turn.Dispose();
        // Closed while it waited.
        while (!waiting.IsCompleted) { chats.Clock.Advance(TimeSpan.FromMilliseconds(250)); await Task.Yield(); }
        Assert.Equal("session.closed", await Chats.CodeOf(() => waiting));
    }

    [Fact]
    public async Task Two_conversations_do_not_wait_for_each_other()
    {
        using var first = await Begin(chats.New());
        using var second = await Begin(chats.New());
        Assert.NotEqual(first.Session.Id, second.Session.Id);
    }

    [Fact]
    public async Task Messages_from_elsewhere_may_come_in_during_a_turn()
    {
        var session = chats.New();
        using var turn = await Begin(session);
        await turn.AppendAsync(Chats.User("one"));
        await chats.Another().AppendAsync(Chats.Agent, session.Id, [Chats.User("two")]);
        await turn.AppendAsync(Chats.User("three"));
        Assert.Equal(["one", "two", "three"], turn.ReadRecent().Messages.Select(message => message.Content));
    }

    // Wherever a crash cut the file, what was whole stays, and what was torn is kept aside.
    [Fact]
    public async Task A_torn_tail_goes_to_quarantine_before_anything_is_added()
    {
        var session = chats.New();
        await chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("one"), Chats.User("two")]);
        var whole = File.ReadAllBytes(chats.MessagesOf(session.Id));
        var first = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(chats.MessagesOf(session.Id), whole[..cut]);
            File.Delete(chats.MessagesOf(session.Id) + ".quarantine");
            string[] left = cut == whole.Length ? ["one", "two"] : cut >= first ? ["one"] : [];
            var torn = cut == whole.Length ? 0 : cut >= first ? cut - first : cut;
            Assert.Equal(new SessionCondition(left.Length, 0, 0, torn, 0), chats.Store.Examine(Chats.Agent, session.Id));
            Assert.Equal(left, chats.Store.ReadRecent(Chats.Agent, session.Id).Messages.Select(message => message.Content));
            using var turn = await Begin(session);
            turn.Append(Chats.User("three"));
            Assert.Equal([.. left, "three"], turn.ReadRecent().Messages.Select(message => message.Content));
            Assert.Equal(new SessionCondition(left.Length + 1, 0, 0, 0, torn), chats.Store.Examine(Chats.Agent, session.Id));
            if (torn > 0) Assert.Equal(whole[(cut - torn)..cut], File.ReadAllBytes(chats.MessagesOf(session.Id) + ".quarantine"));
        }
    }

    [Fact]
    public async Task A_file_that_was_taken_away_or_cut_takes_nothing_more()
    {
        var session = chats.New();
        using var turn = await Begin(session);
        await turn.AppendAsync(Chats.User("one"));
        File.WriteAllText(chats.MessagesOf(session.Id), "");
        Assert.Contains("shorter", Assert.Throws<IOException>(() => turn.Append(Chats.User("two"))).Message, StringComparison.Ordinal);
        File.Delete(chats.MessagesOf(session.Id));
        Assert.Contains("removed", Assert.Throws<IOException>(() => turn.Append(Chats.User("two"))).Message, StringComparison.Ordinal);
    }
}
