using Openclawssy.Discord;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>What people write and see.</summary>
public sealed class DiscordBridgeTests
{
    static readonly Func<FakeRun, Task> Echo = run => run.SayAsync($"you said: {run.Request.Message}");

    [Fact]
    public async Task A_question_in_a_server_is_answered_as_a_reply_that_mentions_nobody()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = Echo);
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask hello @everyone");
        var answer = await house.AnsweredAsync(id, "you said: hello @everyone");
        Assert.Equal((DiscordHouse.Room, id), (answer.Channel, answer.ReplyTo));
        var run = Assert.Single(house.Accepted).Request;
        Assert.Equal(("discord", "discord/201"), (run.Source, run.Origin.Source));
        Assert.Equal(["user:discord/201", "agent:default"], run.Authority.Names);
        Assert.Equal(new("discord", "201", "100"), house.Sessions.Find(run.Agent, run.Session!.Value)!.Place);
        // Messages in servers and direct ones, their text, the reactions to them.
        Assert.Equal(512 + 1024 + 4096 + 8192 + 32768, house.Discord.Intents);
        house.Discord.AssertClean();
    }

    [Fact]
    public async Task Who_is_on_no_list_is_not_answered_whatever_they_write()
    {
        await using var house = await DiscordHouse.StartAsync(house =>
        {
            house.Runs = Echo;
            house.Config = house.Config with { Discord = house.Config.Discord with { AllowGuilds = [FakeDiscord.Guild], AllowChannels = [DiscordHouse.Room] } };
        });
        foreach (var text in new[] { "!ask hello", "!ask", "!ask thinking=loud x", "/new", "/help", $"<@{FakeDiscord.Bot}> hello" })
        {
            await house.Discord.WriteAsync(DiscordHouse.Bob, text);
            await house.Discord.WriteAsync(DiscordHouse.Ann, text, channel: "101");
            await house.Discord.WriteAsync(DiscordHouse.Ann, text, guild: "801");
            // Where servers are listed, nobody is in one of them in a direct message.
            await house.Discord.WriteAsync(DiscordHouse.Ann, text, guild: null);
            await house.Discord.WriteAsync(DiscordHouse.Ann, text, isBot: true);
        }
        await house.Discord.CommandAsync(DiscordHouse.Bob, "ask", options: ("message", "hello"));
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask me");
        await house.AnsweredAsync(id, "you said: me");
        Assert.Single(house.Discord.Messages);
        Assert.Single(house.Accepted);
        // Typing tells that somebody reads, too.
        Assert.DoesNotContain(house.Discord.Requests, request => request.Path.Contains("101", StringComparison.Ordinal) || request.Path.Contains("interactions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_that_changes_counts_for_the_next_message()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = Echo);
        house.Config = house.Config with { Discord = house.Config.Discord with { AllowUsers = [DiscordHouse.Bob] } };
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask one");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Bob, "!ask two"), "you said: two");
        Assert.Single(house.Discord.Messages);
    }

    [Fact]
    public async Task Direct_messages_mentions_and_slash_commands_reach_the_bot_and_other_talk_does_not()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = Echo);
        await house.Discord.WriteAsync(DiscordHouse.Ann, "just talking");
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!asking for a friend");
        await house.Discord.WriteAsync(DiscordHouse.Ann, "/etc/hosts");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "hello", channel: "300", guild: null), "you said: hello");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, $"hey <@{FakeDiscord.Bot}> you"), "you said: hey  you");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "the second one", answers: house.Discord.Messages[0].Id), "you said: the second one");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "/ask thinking=always why"), "you said: why");
        Assert.Equal([null, null, null, ThinkingMode.Always], house.Accepted.Select(run => run.Request.Thinking));
        Assert.StartsWith("Active agent: default", (await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "/agent"), "Active agent: default")).Text, StringComparison.Ordinal);
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask thinking=loud x"), "thinking must be one of never, on_error, always");
        Assert.Equal(4, house.Accepted.Count);
    }

    [Fact]
    public async Task A_slash_command_of_Discord_is_answered_where_it_waits_and_becomes_the_answer()
    {
        await using var house = await DiscordHouse.StartAsync();
        await house.UntilAsync(discord => discord.Commands is not null);
        var ask = house.Discord.Commands!.Single(command => (string?)command!["name"] == "ask")!;
        Assert.Equal(["message", "thinking"], ask["options"]!.AsArray().Select(option => (string)option!["name"]!));
        Assert.Equal(["never", "on_error", "always"], ask["options"]![1]!["choices"]!.AsArray().Select(choice => (string)choice!["value"]!));

        var id = await house.Discord.CommandAsync(DiscordHouse.Ann, "ask", options: [("message", "hello"), ("thinking", "on_error")]);
        await house.UntilAsync(discord => discord.Messages.Any(said => said.Nonce == $"interaction-{id}"));
        Assert.StartsWith("Working on it", house.Discord.Messages.Single().Text, StringComparison.Ordinal);
        Assert.Equal(ThinkingMode.OnError, house.Accepted.Single().Request.Thinking);
        await house.Accepted.Single().SayAsync("done at last");
        await house.UntilAsync(discord => discord.Messages.Single().Text == "done at last");
        await house.Discord.CommandAsync(DiscordHouse.Ann, "agents");
        await house.UntilAsync(discord => discord.Messages.Any(said => said.Text == "Available agents:\n- default (active)"));
        house.Discord.AssertClean();
    }

    [Fact]
    public async Task A_long_run_shows_how_it_goes_in_one_message_that_becomes_the_answer()
    {
        await using var house = await DiscordHouse.StartAsync();
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => house.AnswersTo(id) is [{ Text: var text }] && text.StartsWith("Working on it…", StringComparison.Ordinal));
        await run.ToolAsync("fs.read", "read 3 lines of /home/owner/secret/plan.txt `x`");
        await house.UntilAsync(_ => house.AnswersTo(id) is [{ Text: var text }] && text.Contains("1 tool done.\nLatest: fs.read: read 3 lines of [path] 'x'", StringComparison.Ordinal));
        await run.ToolAsync("fs.list", "nothing");
        await house.UntilAsync(_ => house.AnswersTo(id) is [{ Text: var text }] && text.Contains("2 tools done.", StringComparison.Ordinal));
        Assert.Contains(house.Discord.Requests, request => request.Path == $"/channels/{DiscordHouse.Room}/typing");
        await run.SayAsync("here it is");
        Assert.True((await house.AnsweredAsync(id, "here it is")).Edits >= 3);
        house.Discord.AssertClean();
    }

    [Theory]
    [InlineData("failed", "model.no_key", "I could not finish this (model.no_key). Ask again, or ask for less; the operator can see what stood in the way.")]
    [InlineData("failed", "/etc/passwd", "I could not finish this. Ask again, or ask for less; the operator can see what stood in the way.")]
    [InlineData("failed", "interrupted", "I was interrupted by a restart before this was finished. Send it again if you still need it.")]
    [InlineData("timed_out", null, "I ran out of time. Ask for less, or in smaller steps.")]
    [InlineData("cancelled", null, "Stopped.")]
    [InlineData("needs_input", null, "I need a decision from you before I can go on.")]
    public async Task A_run_without_an_answer_is_told_in_plain_words(string state, string? reason, string text)
    {
        // What tools said last stands where the answer would; here it is nobody's business.
        var left = state == "needs_input" ? null : "Latest tool results:\n1. fs.read: fs.not_found: there is no /home/owner/plan.txt";
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = run => run.EndAsync(state, reason, left, "IOException at /home/owner/.openclawssy/x: token abc"));
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), text);
    }

    [Fact]
    public async Task A_reaction_of_the_asker_stops_the_run_and_nobody_elses_does()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Config = house.Config with { Discord = house.Config.Discord with { AllowUsers = [DiscordHouse.Ann, DiscordHouse.Bob] } });
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => house.AnswersTo(id).Count == 1);
        var progress = house.AnswersTo(id)[0].Id;
        await house.Discord.ReactAsync(DiscordHouse.Bob, progress);
        await house.Discord.ReactAsync(DiscordHouse.Ann, progress, emoji: "👍");
        await house.Discord.ReactAsync(DiscordHouse.Ann, "12345");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Bob, "/stop"), "Nothing of yours is running or waiting here.");
        Assert.Null(run.CancelledBy);
        await house.Discord.ReactAsync(DiscordHouse.Ann, progress);
        await house.AnsweredAsync(id, "Stopped.");
        Assert.Equal("discord/201", run.CancelledBy);
    }

    [Fact]
    public async Task The_stop_command_stops_what_the_asker_has_there()
    {
        await using var house = await DiscordHouse.StartAsync();
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask /stop"), $"Stopping {run.Id}.");
        await house.AnsweredAsync(id, "Stopped.");
    }

    [Fact]
    public async Task A_sender_beyond_the_limit_hears_it_once()
    {
        await using var house = await DiscordHouse.StartAsync(house =>
        {
            house.Runs = Echo;
            house.Config = house.Config with { Discord = house.Config.Discord with { AllowUsers = [DiscordHouse.Ann, DiscordHouse.Bob], RateLimitPerMin = 1 } };
        });
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask one"), "you said: one");
        var second = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask two");
        for (var i = 0; i < 5; i++) await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask more");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Bob, "!ask three"), "you said: three");
        await house.UntilAsync(_ => house.AnswersTo(second).Count == 1);
        Assert.StartsWith("You are writing faster than is allowed here; try again in ", Assert.Single(house.AnswersTo(second)).Text, StringComparison.Ordinal);
        Assert.Equal(3, house.Discord.Messages.Count);
    }

    [Fact]
    public async Task A_sender_is_counted_in_each_channel_apart()
    {
        await using var house = await DiscordHouse.StartAsync(house => (house.Runs, house.Config) = (Echo, house.Config with { Discord = house.Config.Discord with { RateLimitPerMin = 1 } }));
        foreach (var channel in (string[])["100", "101"])
        {
            await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask one", channel), "you said: one");
            var second = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask two", channel);
            await house.UntilAsync(_ => house.AnswersTo(second) is [var said] && said.Text.Contains("faster than is allowed here", StringComparison.Ordinal));
        }
        Assert.Equal(2, house.Accepted.Count);
    }

    [Fact]
    public async Task What_is_wrong_with_a_message_is_counted_too()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Config = house.Config with { Discord = house.Config.Discord with { RateLimitPerMin = 2 } });
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask thinking=loud x"), "thinking must be one of never, on_error, always");
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask");
        var third = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask");
        await house.UntilAsync(_ => house.AnswersTo(third) is [var said] && said.Text.Contains("faster than is allowed here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_that_others_met_is_not_blamed_on_the_sender()
    {
        await using var house = await DiscordHouse.StartAsync(house => (house.Runs, house.Config) = (Echo, house.Config with { Chat = house.Config.Chat with { GlobalRateLimitPerMin = 1 } }));
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask one"), "you said: one");
        var second = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask two", channel: "101");
        await house.UntilAsync(_ => house.AnswersTo(second) is [var said] && said.Text.StartsWith("Too much is waiting right now; try again in ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_queue_is_told_with_its_wait()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Refusal = new QueueFullException(TimeSpan.FromSeconds(1.5)));
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), "Too much is waiting right now; try again in 2 s.");
        house.Refusal = new IOException("no space on /dev/secret");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), "Something failed inside; the operator's log has the detail.");
        Assert.Contains(house.Reported, line => line.Contains("/dev/secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_answer_comes_in_parts_and_a_longer_one_as_a_file()
    {
        var text = string.Join("\n\n", Enumerable.Range(0, 60).Select(i => $"{i} {new string('x', 90)}"));
        var huge = string.Concat(Enumerable.Repeat(text + "\n\n", 5)).Trim();
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = run => run.SayAsync(run.Request.Message == "long" ? text : huge));
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask long");
        await house.UntilAsync(_ => house.AnswersTo(id).Count == 3);
        Assert.Equal(text, string.Join("\n\n", house.AnswersTo(id).Select(part => part.Text)));
        Assert.Equal([id, null, null], house.AnswersTo(id).Select(part => part.ReplyTo));

        var other = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask huge");
        await house.UntilAsync(_ => house.AnswersTo(other).Count == 2);
        Assert.StartsWith("0 xxx", house.AnswersTo(other)[0].Text, StringComparison.Ordinal);
        Assert.Equal(("The whole answer is in the file.", huge), (house.AnswersTo(other)[1].Text, house.AnswersTo(other)[1].File));
        house.Discord.AssertClean();
    }

    [Fact]
    public async Task A_bad_token_stops_the_channel_with_a_word_about_it_and_without_the_token()
    {
        await using var house = await DiscordHouse.MakeAsync();
        house.Token = "wrong-token-in-the-store";
        house.Begin();
        await house.Running.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DiscordPhase.Stopped, house.Bridge.State.Current.Phase);
        Assert.Contains("does not accept the bot token", house.Bridge.State.Current.LastError, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-token", string.Concat(house.Reported) + house.Bridge.State.Current, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_is_off_does_nothing()
    {
        await using var house = await DiscordHouse.MakeAsync();
        house.Config = house.Config with { Discord = house.Config.Discord with { Enabled = false } };
        house.Begin();
        await house.Running.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DiscordPhase.Off, house.Bridge.State.Current.Phase);
        Assert.Empty(house.Discord.Requests);
    }
}
