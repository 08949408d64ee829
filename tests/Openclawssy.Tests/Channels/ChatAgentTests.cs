using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatAgentTests : IDisposable
{
    readonly ChatHouse house = new();

    public ChatAgentTests() => house.MakeAgent("alpha");

    public void Dispose() => house.Dispose();

    string LastAgent => house.Accepted[^1].Agent.ToString();

    [Fact]
    public async Task The_agent_that_is_named_answers_before_the_chosen_one_and_that_before_the_default()
    {
        house.MakeAgent("beta");
        await house.QueueAsync("hello");
        Assert.Equal("default", LastAgent);
        house.Config = house.Config with { Chat = house.Config.Chat with { DefaultAgentId = "beta" } };
        await house.QueueAsync("hello");
        Assert.Equal("beta", LastAgent);
        Assert.Equal("Switched active agent to: alpha", (await house.SayAsync("/agent alpha")).Text);
        await house.QueueAsync("hello");
        Assert.Equal("alpha", LastAgent);
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "hello", agent: " default ")));
        Assert.Equal("default", LastAgent);
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "hello", agent: " ")));
        Assert.Equal("alpha", LastAgent);
    }

    [Fact]
    public async Task A_choice_is_for_one_place_and_lasts()
    {
        await house.SayAsync("/agent alpha");
        Assert.Equal("Active agent: alpha", (await house.SayAsync("/agent")).Text);
        Assert.Equal("Active agent: default", (await house.SayAsync("/agent", room: "attic")).Text);
        Assert.Equal("Active agent: default", (await house.SayAsync("/agent", user: "bob")).Text);
        Assert.Equal("Active agent: alpha", Assert.IsType<ChatAnswer.Said>(await new ChatDesk(house.Parts).HandleAsync(ChatHouse.From("ann", "/agent"), TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task Each_agent_has_its_own_conversation_in_a_place()
    {
        var first = await house.QueueAsync("hello");
        await house.SayAsync("/agent alpha");
        var other = await house.QueueAsync("hello");
        Assert.NotEqual(first.Session, other.Session);
        await house.SayAsync("/agent default");
        Assert.Equal(first.Session, (await house.QueueAsync("hello")).Session);
    }

    [Fact]
    public async Task The_list_shows_who_there_is_and_who_answers()
    {
        Assert.Equal("Available agents:\n- alpha\n- default (active)", (await house.SayAsync("/agents")).Text);
        await house.SayAsync("/agent alpha");
        house.MakeAgent("_routing");
        Assert.Equal("Available agents:\n- alpha (active)\n- default", (await house.SayAsync("/agents")).Text);
        foreach (var folder in Directory.GetDirectories(Path.Combine(house.Chats.State, "agents"))) Directory.Delete(folder, recursive: true);
        Assert.Equal("No agents found", (await house.SayAsync("/agents")).Text);
    }

    [Theory]
    [InlineData("/agent ../x", "Invalid agent id")]
    [InlineData("/agent a/b", "Invalid agent id")]
    [InlineData("/agent ghost", "Agent not found: ghost (/agents shows who there is)")]
    [InlineData("/agent alpha default", "Usage: /agent <agent_id>")]
    public async Task What_is_no_agent_cannot_be_chosen(string text, string answer)
    {
        Assert.Equal(answer, (await house.SayAsync(text)).Text);
        Assert.Equal("Active agent: default", (await house.SayAsync("/agent")).Text);
    }

    [Theory]
    [InlineData("ghost")]
    [InlineData("../default")]
    [InlineData("Default")]
    [InlineData("ghost\u202e")]
    public async Task A_named_agent_that_there_is_not_is_a_clear_answer(string agent)
    {
        foreach (var text in new[] { "hello", "/new", "/chats", "/resume chat_1" })
        {
            var refused = await house.RefusedAsync(ChatHouse.From("ann", text, agent: agent));
            Assert.Equal("agent.not_found", refused.Code);
            Assert.StartsWith($"Agent not found: {OneLine.Escape(agent)}", refused.Message, StringComparison.Ordinal);
        }
        Assert.Empty(house.Accepted);
        Assert.Equal(0, house.Sessions());
    }

    [Fact]
    public async Task A_chosen_agent_that_is_gone_is_told_of_and_another_can_be_chosen()
    {
        await house.SayAsync("/agent alpha");
        Directory.Delete(Path.Combine(house.Chats.State, "agents/alpha"), recursive: true);
        Assert.Equal("agent.not_found", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        await house.SayAsync("/agent default");
        await house.QueueAsync("hello");
    }

    [Fact]
    public async Task An_agent_that_is_switched_off_neither_answers_nor_is_offered()
    {
        await house.SayAsync("/agent alpha");
        house.Config = house.Config with { Agents = new() { Profiles = new Dictionary<string, Runtime.Config.AgentProfile> { ["alpha"] = new() { Enabled = false } } } };
        Assert.Equal("agent.inactive", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        Assert.Equal("agent.inactive", (await house.RefusedAsync(ChatHouse.From("ann", "/new"))).Code);
        Assert.Equal("Available agents:\n- default", (await house.SayAsync("/agents")).Text);
        Assert.StartsWith("Agent is not active: alpha", (await house.SayAsync("/agent alpha", user: "bob")).Text, StringComparison.Ordinal);
        await house.SayAsync("/agent default");
        await house.QueueAsync("hello");
    }
}
