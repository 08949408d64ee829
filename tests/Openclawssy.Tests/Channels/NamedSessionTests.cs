using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Sessions;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class NamedSessionTests : IDisposable
{
    readonly ChatHouse house = new();

    public NamedSessionTests() => house.Config = house.Config with { Chat = house.Config.Chat with { RateLimitPerMin = 1_000, GlobalRateLimitPerMin = 1_000 } };

    public void Dispose() => house.Dispose();

    SessionId? Chosen(string agent = "default") => house.Chats.Store.Active.Session(AgentId.Parse(agent), new("dashboard", "ann", "lobby"));

    async Task<SessionId> BeginAsync(string user = "ann", string room = "lobby", string? agent = null, string channel = ChannelNames.Dashboard) =>
        Assert.IsType<ChatAnswer.Said>(await house.SendAsync(ChatHouse.From(user, "/new", room, channel, agent))).Session!.Value;

    /// <summary>Two windows of one person, each on a conversation of its own, take turns; how many messages went into the other's.</summary>
    static async Task<int> CrossedAsync(SessionId left, SessionId right, Func<SessionId, string, Task> open, Func<SessionId, string, Task<SessionId>> send)
    {
        await open(left, "left");
        await open(right, "right");
        var crossed = 0;
        for (var i = 0; i < 4; i++)
            foreach (var window in new[] { left, right })
                if (await send(window, $"{i}") != window)
                    crossed++;
        return crossed;
    }

    [Fact]
    public async Task Two_windows_that_name_their_conversations_never_cross()
    {
        Assert.Equal(0, await CrossedAsync(
            await BeginAsync(), await BeginAsync(), (_, _) => Task.CompletedTask,
            async (window, text) => Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", text, session: window))).Session));
        Assert.Equal(8, house.Accepted.Count);
    }

    // The control: each window chooses its conversation when it opens, and then writes.
    [Fact]
    public async Task Windows_that_choose_first_and_write_then_are_caught()
    {
        Assert.Equal(4, await CrossedAsync(
            await BeginAsync(), await BeginAsync(), async (window, _) => await house.SayAsync($"/resume {window}"), async (_, text) => (await house.QueueAsync(text)).Session));
    }

    [Fact]
    public async Task Naming_a_conversation_chooses_nothing_for_those_who_name_none()
    {
        var first = await BeginAsync();
        var second = await BeginAsync();
        await house.SendAsync(ChatHouse.From("ann", "hello", session: first));
        Assert.Equal(second, Chosen());
        Assert.Equal(second, (await house.QueueAsync("hello")).Session);
        Assert.Equal([first, second], house.Accepted.Select(run => run.Session!.Value));
    }

    [Fact]
    public async Task Unknown_foreign_another_agents_and_closed_ones_are_refused_and_nothing_comes_of_it()
    {
        house.MakeAgent("alpha");
        var own = await BeginAsync();
        var closed = await BeginAsync();
        house.Chats.Store.Close(Chats.Agent, closed);
        var foreign = new[] { await BeginAsync(user: "bob"), await BeginAsync(room: "attic"), await BeginAsync(channel: ChannelNames.Discord) };
        var chosen = Chosen();
        foreach (var (session, agent, code) in new (SessionId, string?, string)[]
        {
            (SessionId.Parse("chat_1"), null, SessionErrorCodes.NotFound), (closed, null, SessionErrorCodes.Closed), (own, "alpha", ChatErrorCodes.SessionOtherAgent), (own, "nobody", ChatErrorCodes.SessionOtherAgent),
            (own, "Default", ChatErrorCodes.SessionOtherAgent), (foreign[0], null, ChatErrorCodes.SessionElsewhere), (foreign[1], "default", ChatErrorCodes.SessionElsewhere), (foreign[2], null, ChatErrorCodes.SessionElsewhere),
        })
        {
            var refused = await house.RefusedAsync(ChatHouse.From("ann", "hello", agent: agent, session: session));
            Assert.Equal(code, refused.Code);
            Assert.Contains(session.ToString(), refused.Message, StringComparison.Ordinal);
        }
        Assert.Empty(house.Accepted);
        Assert.Equal(chosen, Chosen());
    }

    [Fact]
    public async Task Its_agent_answers_whoever_was_chosen_for_the_place_meanwhile()
    {
        house.MakeAgent("alpha");
        var session = await BeginAsync(agent: "alpha");
        await house.SayAsync("/agent default");
        var queued = Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "hello", session: session)));
        Assert.Equal(("alpha", session), (queued.Agent.ToString(), queued.Session));
        Assert.Equal("Active agent: alpha", Assert.IsType<ChatAnswer.Said>(await house.SendAsync(ChatHouse.From("ann", "/agent", session: session))).Text);
    }

    [Fact]
    public async Task An_agent_that_is_switched_off_does_not_answer_in_its_conversation_either()
    {
        house.MakeAgent("alpha");
        var session = await BeginAsync(agent: "alpha");
        house.Config = house.Config with { Agents = house.Config.Agents with { EnabledAgentIds = ["default"] } };
        Assert.Equal(ChatErrorCodes.AgentInactive, (await house.RefusedAsync(ChatHouse.From("ann", "hello", session: session))).Code);
    }

    [Fact]
    public async Task Stop_reaches_the_runs_of_the_conversation_it_names_and_no_others()
    {
        var first = await BeginAsync();
        var second = await BeginAsync();
        foreach (var session in new[] { first, second, first }) await house.SendAsync(ChatHouse.From("ann", "work", session: session));
        Assert.Equal($"Stopping 2 runs: {ChatHouse.IdOf(0)}, {ChatHouse.IdOf(2)}.", Assert.IsType<ChatAnswer.Said>(await house.SendAsync(ChatHouse.From("ann", "/stop", session: first))).Text);
        Assert.Equal($"Stopping {ChatHouse.IdOf(1)}.", (await house.SayAsync("/stop")).Text);
    }

    [Fact]
    public async Task Commands_are_answered_in_a_closed_conversation_too()
    {
        var closed = await BeginAsync();
        house.Chats.Store.Close(Chats.Agent, closed);
        var begun = Assert.IsType<ChatAnswer.Said>(await house.SendAsync(ChatHouse.From("ann", "/new", session: closed)));
        Assert.Equal(begun.Session, Chosen());
        Assert.Equal(SessionErrorCodes.NotFound, (await house.RefusedAsync(ChatHouse.From("ann", "/help", session: SessionId.Parse("chat_1")))).Code);
    }
}
