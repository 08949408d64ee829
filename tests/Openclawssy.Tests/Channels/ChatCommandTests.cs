using Openclawssy.Runtime.Channels;
using Openclawssy.Tests.Sessions;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatCommandTests : IDisposable
{
    readonly ChatHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public async Task A_new_chat_is_begun_listed_and_gone_back_to()
    {
        var first = await house.SayAsync(" /new\n");
        Assert.Equal($"Started new chat: {first.Session}", first.Text);
        house.Chats.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await house.SayAsync("/new");
        Assert.NotEqual(first.Session, second.Session);
        Assert.Equal(second.Session, (await house.QueueAsync("hello")).Session);
        var resumed = await house.SayAsync($"/resume {first.Session}");
        Assert.Equal(($"Resumed chat: {first.Session}", first.Session), (resumed.Text, resumed.Session));
        Assert.Equal(first.Session, (await house.QueueAsync("hello")).Session);
        house.Chats.Store.Close(Chats.Agent, second.Session!.Value);
        foreach (var word in new[] { "/chats", "/sessions" })
        {
            var lines = (await house.SayAsync(word)).Text.Split('\n');
            Assert.Equal("Recent chats:", lines[0]);
            Assert.Equal([$"{first.Session}", $"{second.Session} (closed)"], lines[1..].Select(line => line[3..]).Order());
            Assert.Equal(["1. ", "2. "], lines[1..].Select(line => line[..3]));
        }
    }

    [Fact]
    public async Task Only_the_ten_newest_of_this_place_are_listed()
    {
        Assert.Equal("No chats found", (await house.SayAsync("/chats")).Text);
        house.Config = house.Config with { Chat = house.Config.Chat with { RateLimitPerMin = 100 } };
        for (var i = 0; i < 12; i++) await house.SayAsync("/new");
        Assert.Equal(11, (await house.SayAsync("/chats")).Text.Split('\n').Length);
        Assert.Equal("No chats found", (await house.SayAsync("/chats", user: "bob")).Text);
        Assert.Equal("No chats found", (await house.SayAsync("/chats", room: "attic")).Text);
    }

    [Theory]
    [InlineData("/resume", "Usage: /resume <session_id>")]
    [InlineData("/resume a b", "Usage: /resume <session_id>")]
    [InlineData("/resumed x", "Usage: /resume <session_id>")]
    [InlineData("/resume *", "Session not found: *")]
    [InlineData("/resume chat_*", "Session not found: chat_*")]
    [InlineData("/resume ../default", "Session not found: ../default")]
    [InlineData("/resume chat_1", "Session not found: chat_1")]
    public async Task A_chat_is_resumed_by_its_whole_id(string text, string answer)
    {
        await house.SayAsync("/new");
        Assert.Equal(answer, (await house.SayAsync(text)).Text);
    }

    [Fact]
    public async Task Nobody_goes_on_with_somebody_elses_chat_or_one_of_another_room_channel_or_agent()
    {
        house.MakeAgent("alpha");
        var session = (await house.SayAsync("/new")).Session;
        foreach (var message in new[]
        {
            ChatHouse.From("bob", $"/resume {session}"), ChatHouse.From("ann", $"/resume {session}", room: "attic"), ChatHouse.From("ann", $"/resume {session}", channel: "discord"),
            ChatHouse.From("ann", $"/resume {session}", agent: "alpha"), ChatHouse.From("ANN", $"/resume {session}"),
        })
            Assert.Equal("Session not available in this chat context", Assert.IsType<ChatAnswer.Said>(await house.SendAsync(message)).Text);
    }

    [Fact]
    public async Task A_closed_chat_is_not_resumed()
    {
        var session = (await house.SayAsync("/new")).Session!.Value;
        house.Chats.Store.Close(Chats.Agent, session);
        Assert.Equal($"Session is closed: {session} (use /new to continue)", (await house.SayAsync($"/resume {session}")).Text);
    }

    [Theory]
    [InlineData("/help")]
    [InlineData("/help me")]
    public async Task Help_names_every_command(string text)
    {
        var help = (await house.SayAsync(text)).Text;
        foreach (var word in new[] { "/new", "/chats", "/resume", "/agents", "/agent <agent_id>", "/stop", "/help" }) Assert.Contains(word, help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/status")]
    [InlineData("/New")]
    [InlineData("/tools")]
    public async Task An_unknown_slash_word_is_no_run(string text)
    {
        Assert.Equal($"No such command: {text} (/help shows what there is)", (await house.SayAsync(text + " now")).Text);
        Assert.Empty(house.Accepted);
    }

    [Theory]
    [InlineData("/tool time.now {}")]
    [InlineData("/tool")]
    [InlineData("/etc/hosts: what is it?")]
    [InlineData("/ or \\ ?")]
    [InlineData("// a comment")]
    [InlineData("what does /new do?")]
    public async Task A_typed_tool_and_what_is_no_slash_word_go_to_the_agent_as_they_are(string text)
    {
        await house.QueueAsync(text);
        var run = Assert.Single(house.Accepted);
        Assert.Equal(text, run.Message);
        Assert.False(run.Authority.IsOperator);
    }

    [Fact]
    public async Task Stop_ends_the_senders_runs_of_this_place_and_says_which()
    {
        house.MakeAgent("alpha");
        Assert.Equal("Nothing of yours is running or waiting here.", (await house.SayAsync("/stop")).Text);
        await house.QueueAsync("0");
        await house.QueueAsync("1", user: "bob");
        await house.QueueAsync("2", room: "attic");
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "3", agent: "alpha")));
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "4", channel: "discord")));
        await house.QueueAsync("5");
        house.End(5);
        Assert.Equal($"Stopping 2 runs: {ChatHouse.IdOf(0)}, {ChatHouse.IdOf(3)}.", (await house.SayAsync("/stop")).Text);
        Assert.Equal("Nothing of yours is running or waiting here.", (await house.SayAsync("/stop")).Text);
        Assert.Equal($"Stopping {ChatHouse.IdOf(1)}.", (await house.SayAsync("/stop", user: "bob")).Text);
    }
}
