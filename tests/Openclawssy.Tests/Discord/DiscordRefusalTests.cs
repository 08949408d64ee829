using Openclawssy.Discord;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>What Discord does not allow: the answer finds another way, and only where there is none it is given up.</summary>
public sealed class DiscordRefusalTests
{
    static readonly Func<FakeRun, Task> Echo = run => run.SayAsync($"you said: {run.Request.Message}");

    [Fact]
    public async Task A_progress_message_that_may_not_be_changed_is_followed_by_the_answer()
    {
        await using var house = await DiscordHouse.StartAsync();
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => house.AnswersTo(id).Count == 1);
        // The thread was archived meanwhile.
        house.Discord.Fault = request => request.Method == "PATCH" ? new(400, Code: 50083) : null;
        await run.SayAsync("here");
        await house.UntilAsync(_ => house.AnswersTo(id) is [_, { Text: "here" }]);
    }

    [Fact]
    public async Task Where_the_bot_may_speak_and_not_read_it_answers_without_referring()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = Echo);
        house.Discord.Fault = request => request.Method == "POST" && request.Path.EndsWith("/messages", StringComparison.Ordinal) && request.Json["message_reference"] is not null ? new(403, Code: 160002) : null;
        var said = await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), "you said: x");
        Assert.Null(said.ReplyTo);
    }

    [Fact]
    public async Task Where_it_may_not_attach_a_file_it_says_so()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = run => run.SayAsync(string.Concat(Enumerable.Repeat("a line of a very long answer\n", 1000))));
        house.Discord.Fault = request => request.ContentType.StartsWith("multipart/", StringComparison.Ordinal) ? new(403, Code: 50013) : null;
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x");
        await house.UntilAsync(_ => house.AnswersTo(id) is [_, { Text: AnswerShape.NoFile, File: null }]);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(301)]
    [InlineData(408)]
    public async Task A_page_of_what_stands_before_Discord_refuses_nothing_for_good(int status)
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = Echo);
        var left = 15;
        house.Discord.Fault = request => request.Path.EndsWith("/messages", StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0 ? new(status) { IsPage = true } : null;
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), "you said: x");
    }

    [Fact]
    public async Task A_slash_command_is_answered_also_where_the_bot_may_not_speak()
    {
        await using var house = await DiscordHouse.StartAsync();
        house.Discord.ForbiddenChannels["100"] = true;
        var id = await house.Discord.CommandAsync(DiscordHouse.Ann, "ask", "100", ("message", "work"));
        var run = await house.RunAsync(0);
        await house.UntilAsync(discord => discord.Messages is [{ Text: var text }] && text.StartsWith("Working on it…", StringComparison.Ordinal));
        await run.ToolAsync("fs.list", "3 entries");
        await house.UntilAsync(discord => discord.Messages[0].Text.Contains("Latest: fs.list: 3 entries", StringComparison.Ordinal));
        await run.SayAsync(new string('x', 2500));
        await house.UntilAsync(discord => discord.Messages.Count == 2);
        Assert.Equal(2500, house.Discord.Messages.Sum(said => said.Text.Count(c => c == 'x')));
        Assert.Equal($"interaction-{id}", house.Discord.Messages[0].Nonce);
        house.Discord.AssertClean();
    }

    [Fact]
    public async Task A_reply_whose_receipt_was_lost_is_found_again()
    {
        await using var house = await DiscordHouse.StartAsync();
        var lost = 1;
        house.Discord.Fault = request => request.Path.EndsWith("/callback", StringComparison.Ordinal) && Interlocked.Decrement(ref lost) == 0 ? new(FakeDiscordFault.Broken, IsAfter: true) : null;
        await house.Discord.CommandAsync(DiscordHouse.Ann, "ask", "100", ("message", "work"));
        await (await house.RunAsync(0)).SayAsync("here");
        await house.UntilAsync(discord => discord.Messages is [{ Text: "here" }]);
    }

    [Fact]
    public async Task Where_it_may_not_type_it_does_not_go_on_asking()
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Patience = house.Patience with { Typing = TimeSpan.FromMilliseconds(1) });
        house.Discord.ForbiddenChannels["100"] = true;
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        var other = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask more", channel: "101");
        // Much more is done elsewhere meanwhile.
        await house.UntilAsync(discord => discord.Requests.Count(request => request.Path == "/channels/101/typing") > 20);
        Assert.Equal(2, house.Discord.Requests.Count(request => request.Path.StartsWith("/channels/100/", StringComparison.Ordinal)));
        await run.SayAsync("never seen");
        await (await house.RunAsync(1)).SayAsync("here");
        await house.AnsweredAsync(other, "here");
    }
}
