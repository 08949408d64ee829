using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Sessions;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatDeskTests : IDisposable
{
    readonly ChatHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public async Task A_message_becomes_a_run_of_the_default_agent_in_a_conversation_of_its_place()
    {
        var answer = Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "  hello\n", thinking: ThinkingMode.Always)));
        Assert.Contains($"Working on it now. Run {answer.Run} is queued", answer.Text, StringComparison.Ordinal);
        var run = Assert.Single(house.Accepted);
        Assert.Equal(("default", "  hello\n", "dashboard", ThinkingMode.Always, (Runtime.Text.SessionId?)answer.Session), (run.Agent.ToString(), run.Message, run.Source, run.Thinking, run.Session));
        Assert.Equal(["user:dashboard/ann", "agent:default"], run.Authority.Names);
        Assert.Equal(new("user", "dashboard/ann"), run.Origin);
        Assert.Null(run.Operator);
        Assert.Equal(new("dashboard", "ann", "lobby"), house.Chats.Store.Find(run.Agent, answer.Session)!.Place);
    }

    [Fact]
    public async Task Messages_of_a_place_go_on_in_one_conversation_and_nothing_is_glued_to_them()
    {
        var first = await house.QueueAsync("one");
        Assert.Equal(first.Session, (await house.QueueAsync("two", user: " ann ")).Session);
        Assert.Equal(["one", "two"], house.Accepted.Select(run => run.Message));
        Assert.NotEqual(first.Session, (await house.QueueAsync("three", user: "bob")).Session);
        Assert.NotEqual(first.Session, (await house.QueueAsync("four", room: "attic")).Session);
    }

    [Theory]
    [InlineData("eve", "lobby")]
    [InlineData("", "lobby")]
    [InlineData("ann\n", "attic")]
    public async Task Who_is_not_listed_is_refused_before_anything_is_kept(string user, string room)
    {
        house.Config = house.Config with { Chat = house.Config.Chat with { AllowRooms = ["lobby"] } };
        foreach (var text in new[] { "hello", "/new", "/agent default", "/help", "/tool time.now", "" })
            Assert.Equal(new(ChatErrorCodes.Rejected, "chat sender is not allowlisted"), await house.RefusedAsync(ChatHouse.From(user, text, room)));
        Assert.Empty(house.Accepted);
        Assert.Equal(0, house.Sessions());
    }

    [Fact]
    public async Task Nobody_is_let_in_until_somebody_is_named_and_a_channel_can_be_off()
    {
        house.Config = new();
        Assert.Equal("chat.rejected", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        Assert.Equal("chat.disabled", (await house.RefusedAsync(ChatHouse.From("ann", "hello", channel: "discord"))).Code);
        house.Config = new() { Chat = new() { Enabled = false, AllowUsers = ["ann"] } };
        Assert.Equal("chat.disabled", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        Assert.Equal("chat.disabled", (await house.RefusedAsync(ChatHouse.From("ann", "hello", channel: "smoke signals"))).Code);
    }

    [Fact]
    public async Task What_is_changed_in_the_configuration_counts_for_the_next_message()
    {
        await house.QueueAsync("hello");
        house.Config = house.Config with { Chat = house.Config.Chat with { AllowUsers = ["bob"] } };
        Assert.Equal("chat.rejected", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        await house.QueueAsync("hello", "bob");
    }

    [Fact]
    public async Task What_is_taken_away_while_a_message_waits_is_taken_from_it()
    {
        house.Meanwhile = () => house.Config = house.Config with { Chat = house.Config.Chat with { AllowUsers = [] } };
        Assert.Equal("chat.rejected", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        house.Config = new() { Chat = new() { AllowUsers = ["ann"] } };
        house.Meanwhile = () => house.Config = house.Config with { Agents = new() { EnabledAgentIds = ["other"] } };
        Assert.Equal("agent.inactive", (await house.RefusedAsync(ChatHouse.From("ann", "hello"))).Code);
        Assert.Empty(house.Accepted);
    }

    [Fact]
    public async Task A_sender_beyond_its_limit_hears_when_to_come_back_in_whichever_room()
    {
        house.Config = house.Config with { Chat = house.Config.Chat with { RateLimitPerMin = 2 } };
        await house.QueueAsync("one");
        await house.SayAsync("/help", room: "attic");
        house.Chats.Clock.Advance(TimeSpan.FromSeconds(0.5));
        var refused = await house.RefusedAsync(ChatHouse.From("Ann", "three", room: "cellar"));
        Assert.Equal(("chat.rate_limited", "chat sender is rate limited; retry in 60s", "sender", 60), (refused.Code, refused.Message, refused.Scope, refused.RetryAfterSeconds));
        Assert.Equal(TimeSpan.FromSeconds(59.5), refused.RetryAfter);
        await house.QueueAsync("hello", "bob");
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "hello", credential: "token-2")));
        Assert.Equal(3, house.Accepted.Count);
    }

    [Fact]
    public async Task All_senders_together_have_a_limit_over_all_channels()
    {
        house.Config = house.Config with { Chat = house.Config.Chat with { GlobalRateLimitPerMin = 2 } };
        await house.QueueAsync("one");
        Assert.IsType<ChatAnswer.Queued>(await house.SendAsync(ChatHouse.From("ann", "two", channel: "discord")));
        var refused = await house.RefusedAsync(ChatHouse.From("bob", "three"));
        Assert.Equal(("chat.rate_limited", "global", "chat global is rate limited; retry in 60s"), (refused.Code, refused.Scope, refused.Message));
        Assert.True(refused.RetryAfterSeconds >= 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    public async Task An_empty_message_is_no_run(string text)
    {
        Assert.Equal("chat.message_empty", (await house.RefusedAsync(ChatHouse.From("ann", text))).Code);
        Assert.Empty(house.Accepted);
    }

    [Fact]
    public async Task A_closed_conversation_is_replaced()
    {
        var first = await house.QueueAsync("one");
        house.Chats.Store.Close(Chats.Agent, first.Session);
        var second = await house.QueueAsync("two");
        Assert.NotEqual(first.Session, second.Session);
        Assert.Equal(second.Session, (await house.QueueAsync("three")).Session);
    }

    [Fact]
    public async Task A_blank_room_is_the_channels_one_room()
    {
        Assert.Equal((await house.QueueAsync("one", room: " ")).Session, (await house.QueueAsync("two", room: "dashboard")).Session);
    }

    public static TheoryData<Exception, string, bool> Refusals => new()
    {
        { new QueueFullException(TimeSpan.FromSeconds(2.5)), "queue.full", false },
        { new IntakeClosedException(), "queue.closed", false },
        { new AuditLostException(new IOException("no space at /secret/place")), "run.not_recorded", true },
    };

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_the_intake_refuses_is_said_and_leaves_no_word_in_the_conversation(Exception refusal, string code, bool isReported)
    {
        house.Refusal = refusal;
        var refused = await house.RefusedAsync(ChatHouse.From("ann", "remember me"));
        Assert.Equal(code, refused.Code);
        Assert.Equal(refusal is QueueFullException ? 3 : null, refused.RetryAfterSeconds);
        Assert.DoesNotContain("/secret", refused.Message, StringComparison.Ordinal);
        Assert.Equal(isReported, house.Reported.Count == 1);
        var kept = house.Chats.Store.Active.Session(Chats.Agent, new("dashboard", "ann", "lobby"))!.Value;
        Assert.Empty(house.Chats.Store.ReadRecent(Chats.Agent, kept).Messages);
        house.Refusal = null;
        Assert.Equal(kept, (await house.QueueAsync("again")).Session);
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_without_naming_a_file()
    {
        await house.QueueAsync("one");
        File.WriteAllText(Directory.GetFiles(Path.Combine(house.Chats.State, "agents/default/memory/chats/_active")).Single(), "{}");
        var refused = await house.RefusedAsync(ChatHouse.From("ann", "two"));
        Assert.Equal("session.damaged", refused.Code);
        Assert.DoesNotContain(house.Chats.State, refused.Message, StringComparison.Ordinal);
        Assert.Contains(house.Chats.State, Assert.Single(house.Reported), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_that_is_no_name_is_refused() =>
        Assert.Equal("session.place_invalid", (await house.RefusedAsync(ChatHouse.From("ann", "hello", room: new('x', 300)))).Code);
}
