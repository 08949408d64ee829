using Openclawssy.Discord;
using Openclawssy.Egress;
using Openclawssy.TestKit;
using Openclawssy.Tests.Egress;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>Lost lines, refused requests, restarts: every message that was taken in gets one answer.</summary>
public sealed class DiscordFaultTests
{
    static readonly Func<FakeRun, Task> Echo = run => run.SayAsync($"you said: {run.Request.Message}");

    static Task<DiscordHouse> ConnectedAsync() => DiscordHouse.StartAsync(house => house.Runs = Echo);

    static async Task StillAnswersAsync(DiscordHouse house, string text = "are you there")
    {
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, $"!ask {text}"), $"you said: {text}");
        house.Discord.AssertClean();
    }

    [Fact]
    public async Task What_is_written_while_the_line_is_down_is_answered_when_it_stands_again()
    {
        await using var house = await ConnectedAsync();
        house.Discord.Drop();
        var meanwhile = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask meanwhile");
        await house.AnsweredAsync(meanwhile, "you said: meanwhile");
        Assert.Equal((1, 1), (house.Discord.Identified, house.Discord.Resumed));
        await StillAnswersAsync(house);
    }

    [Theory]
    [InlineData("""{"op":7,"d":null}""")]
    [InlineData("""{"op":9,"d":true}""")]
    [InlineData("this is no JSON")]
    public async Task When_Discord_asks_or_babbles_the_session_goes_on_with_another_connection(string said)
    {
        await using var house = await ConnectedAsync();
        if (said[0] == '{') await house.Discord.SayAsync(said);
        else await house.Discord.SayTextAsync(said);
        await house.UntilAsync(discord => discord.Resumed == 1);
        Assert.Equal(1, house.Discord.Identified);
        await StillAnswersAsync(house);
    }

    [Fact]
    public async Task A_session_that_is_gone_is_replaced_by_a_new_one()
    {
        await using var house = await ConnectedAsync();
        await house.Discord.SayAsync("""{"op":9,"d":false}""");
        await house.UntilAsync(discord => discord.Identified == 2);
        house.Discord.ForgetsSession = true;
        house.Discord.Drop();
        await house.UntilAsync(discord => discord.Identified == 3);
        await StillAnswersAsync(house);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"op":1.5}""")]
    [InlineData("""{"op":0,"s":null,"t":"\ud800","d":{}}""")]
    [InlineData("""{"op":0,"s":1,"t":"MESSAGE_CREATE","d":{"id":"1","channel_id":"100","type":1.5,"content":"!ask","author":{"id":"201"}}}""")]
    [InlineData("""{"op":0,"s":1,"t":"MESSAGE_CREATE","d":{"id":"../2","channel_id":"100","content":"!ask","author":{"id":"201"}}}""")]
    [InlineData("""{"op":0,"s":1,"t":"MESSAGE_CREATE","d":{"id":"3","channel_id":"100","content":"\udc00","author":"201"}}""")]
    [InlineData("""{"op":0,"s":1,"t":"INTERACTION_CREATE","d":{"id":"4","type":"2","token":7}}""")]
    [InlineData("""{"op":0,"s":1,"t":"MESSAGE_REACTION_ADD","d":{"message_id":1,"emoji":[]}}""")]
    public async Task An_odd_event_costs_only_itself(string said)
    {
        await using var house = await ConnectedAsync();
        await house.Discord.SayTextAsync(said);
        await StillAnswersAsync(house);
        Assert.Equal((1, 0), (house.Discord.Identified, house.Discord.Resumed));
        Assert.Single(house.Accepted);
        Assert.Empty(house.Reported);
    }

    [Fact]
    public async Task A_session_nobody_goes_on_with_is_given_up_in_the_end()
    {
        await using var house = await ConnectedAsync();
        house.Discord.CutsResumes = 100;
        house.Discord.Drop();
        await house.UntilAsync(discord => discord.Identified == 2);
        Assert.Equal(0, house.Discord.Resumed);
        await StillAnswersAsync(house);
    }

    [Fact]
    public async Task Where_Discord_said_to_call_back_and_nobody_answers_the_session_goes_on_at_home()
    {
        await using var house = await DiscordHouse.MakeAsync();
        var port = new Uri(house.Discord.GatewayUrl).Port;
        house.Egress.Dispose();
        house.Egress = new(new FakeNames().With("gateway.fake.test", "127.0.0.1"), new TcpDialer());
        house.Config = house.Config with { Discord = house.Config.Discord with { GatewayUrl = $"ws://gateway.fake.test:{port}" } };
        (house.Runs, house.Discord.ResumeUrl) = (Echo, $"ws://gateway-gone.fake.test:{port}");
        await house.ConnectAsync();
        house.Discord.Drop();
        await house.UntilAsync(discord => discord.Resumed == 1);
        await StillAnswersAsync(house);
        Assert.Equal(1, house.Discord.Identified);
    }

    [Fact]
    public async Task A_line_on_which_nobody_answers_is_given_up()
    {
        await using var house = await DiscordHouse.StartAsync(house => (house.Runs, house.Discord.HeartbeatInterval) = (Echo, 20));
        await house.UntilAsync(discord => discord.Heartbeats >= 3);
        house.Discord.Acknowledges = false;
        await house.UntilAsync(discord => discord.Resumed >= 1);
        house.Discord.Acknowledges = true;
        Assert.Equal(1, house.Discord.Identified);
        await StillAnswersAsync(house);
    }

    [Fact]
    public async Task A_beat_that_is_asked_for_comes_at_once()
    {
        await using var house = await ConnectedAsync();
        await house.Discord.SayAsync("""{"op":1,"d":null}""");
        await house.UntilAsync(discord => discord.Heartbeats == 1);
    }

    [Theory]
    [InlineData(4000, 1, 1)]
    [InlineData(4008, 1, 1)]
    [InlineData(4007, 2, 0)]
    [InlineData(4009, 2, 0)]
    [InlineData(1001, 1, 1)]
    [InlineData(1000, 1, 1)]
    public async Task A_close_that_may_be_tried_again_is(int code, int identified, int resumed)
    {
        await using var house = await ConnectedAsync();
        await house.Discord.CloseAsync(code);
        await house.UntilAsync(discord => discord.Identified == identified && discord.Resumed == resumed && discord.IsConnected);
        await StillAnswersAsync(house);
    }

    [Theory]
    [InlineData(4004, "bot token")]
    [InlineData(4010, "shard")]
    [InlineData(4011, "too many servers")]
    [InlineData(4012, "update openclawssy")]
    [InlineData(4013, "update openclawssy")]
    [InlineData(4014, "Message Content Intent")]
    public async Task A_close_that_needs_a_person_stops_the_channel_and_says_what_to_do(int code, string words)
    {
        await using var house = await ConnectedAsync();
        await house.Discord.CloseAsync(code);
        await house.Running.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DiscordPhase.Stopped, house.Bridge.State.Current.Phase);
        Assert.Contains(words, house.Bridge.State.Current.LastError, StringComparison.Ordinal);
        Assert.Equal((1, 0), (house.Discord.Identified, house.Discord.Resumed));
    }

    [Fact]
    public async Task A_token_that_is_taken_back_stops_the_channel_at_the_first_request()
    {
        await using var house = await ConnectedAsync();
        house.Discord.Fault = _ => new(401);
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x");
        await house.Running.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("does not accept the bot token", house.Bridge.State.Current.LastError, StringComparison.Ordinal);
        // What is owed is still owed when a good token comes.
        house.Discord.Fault = _ => null;
        await house.ConnectAsync();
        await house.UntilAsync(discord => discord.Messages.Any(said => said.Text == "you said: x"));
    }

    [Fact]
    public async Task Events_that_come_twice_or_late_are_taken_once()
    {
        await using var house = await ConnectedAsync();
        var first = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask one", times: 3);
        var second = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask two");
        await house.Discord.RepeatAsync(4);
        await house.AnsweredAsync(first, "you said: one");
        await house.AnsweredAsync(second, "you said: two");
        await StillAnswersAsync(house);
        Assert.Equal(3, house.Accepted.Count);
        Assert.Equal(3, house.Discord.Messages.Count);
    }

    public static TheoryData<FakeDiscordFault> Passing => new(
        new FakeDiscordFault(500), new FakeDiscordFault(502), new FakeDiscordFault(FakeDiscordFault.Broken), new FakeDiscordFault(FakeDiscordFault.Broken, IsAfter: true), new FakeDiscordFault(500, IsAfter: true),
        new FakeDiscordFault(429, RetryAfter: 0.01), new FakeDiscordFault(429, RetryAfter: 0.01, IsGlobal: true));

    [Theory, MemberData(nameof(Passing))]
    public async Task A_request_that_fails_is_made_again_and_nothing_is_said_twice(FakeDiscordFault fault)
    {
        await using var house = await ConnectedAsync();
        var left = 9;
        house.Discord.Fault = request => request.Path.EndsWith("/messages", StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0 ? fault : null;
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x"), "you said: x");
        Assert.True(left < 0 || fault.IsAfter);
        await StillAnswersAsync(house);
    }

    [Fact]
    public async Task Limits_that_headers_tell_of_are_kept()
    {
        await using var house = await DiscordHouse.StartAsync(house => (house.Runs, house.Discord.PerChannel) = (Echo, 2));
        var ids = new List<string>();
        for (var i = 0; i < 12; i++) ids.Add(await house.Discord.WriteAsync(DiscordHouse.Ann, $"!ask {i}"));
        foreach (var (i, id) in ids.Index()) await house.AnsweredAsync(id, $"you said: {i}");
        Assert.Equal(0, house.Discord.Exceeded);
    }

    [Fact]
    public async Task Where_the_bot_may_not_speak_it_gives_up_and_says_so_to_the_operator()
    {
        await using var house = await ConnectedAsync();
        house.Discord.ForbiddenChannels["100"] = true;
        await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask x");
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask y", channel: "101"), "you said: y");
        await house.UntilReportedAsync("an answer for channel 100 was not brought");
        await house.StopAsync();
        using var ledger = new DiscordLedger(Path.Combine(house.Kept, "owed.jsonl"));
        Assert.DoesNotContain(ledger.Open, owed => owed.Channel == "100");
    }

    [Fact]
    public async Task A_progress_message_that_somebody_deleted_does_not_take_the_answer_with_it()
    {
        await using var house = await DiscordHouse.StartAsync();
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => house.AnswersTo(id).Count == 1);
        house.Discord.Delete(house.AnswersTo(id)[0].Id);
        await run.SayAsync("here");
        await house.UntilAsync(_ => house.AnswersTo(id).Any(said => said is { Text: "here", IsGone: false }));
    }

    [Fact]
    public async Task After_a_restart_a_run_that_ended_meanwhile_is_answered_in_the_message_that_showed_it()
    {
        await using var house = await DiscordHouse.StartAsync();
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => house.AnswersTo(id).Count == 1);
        await house.StopAsync();
        await run.EndAsync("failed", "interrupted", null, "its process died");
        await house.ConnectAsync();
        await house.AnsweredAsync(id, Openclawssy.Discord.AnswerText.Interrupted);
        await house.StopAsync();
        await house.ConnectAsync();
        await house.AnsweredAsync(await house.Discord.WriteAsync(DiscordHouse.Ann, "/agent"), "Active agent: default");
        Assert.Single(house.AnswersTo(id));
    }

    [Fact]
    public async Task What_is_written_while_the_process_is_down_is_answered_at_its_start()
    {
        await using var house = await ConnectedAsync();
        await StillAnswersAsync(house, "before");
        await house.StopAsync();
        var meanwhile = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask meanwhile");
        await house.ConnectAsync();
        await house.AnsweredAsync(meanwhile, "you said: meanwhile");
        Assert.Equal((1, 1), (house.Discord.Identified, house.Discord.Resumed));
        Assert.Equal(2, house.Accepted.Count);
    }

    [Fact]
    public async Task What_was_taken_in_and_never_became_a_run_gets_one_honest_answer()
    {
        await using var house = await DiscordHouse.MakeAsync();
        using (var ledger = new DiscordLedger(Path.Combine(house.Kept, "owed.jsonl")))
        {
            await ledger.PutAsync(new("501", "100", DiscordHouse.Ann, OwedFor.Message));
            await ledger.PutAsync(new("502", "100", DiscordHouse.Ann, OwedFor.Message, Run: Runtime.Text.RunId.Parse("run_0000000000001_00")));
        }
        // Named, and then the process died over its first line.
        var begun = Runtime.Text.RunId.Parse("run_0000000000002_00");
        var folder = Directory.CreateDirectory(Path.Combine(house.State, "agents", "default", "runs", begun.ToString())).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "events.jsonl"), """{"seq":1,"ts":"20""", TestContext.Current.CancellationToken);
        using (var ledger = new DiscordLedger(Path.Combine(house.Kept, "owed.jsonl"))) await ledger.PutAsync(new("503", "100", DiscordHouse.Ann, OwedFor.Message, Run: begun));
        await house.ConnectAsync();
        foreach (var id in (string[])["501", "502", "503"]) await house.AnsweredAsync(id, Openclawssy.Discord.AnswerText.Interrupted);
    }

    [Fact]
    public async Task A_run_is_owed_by_name_before_it_begins()
    {
        await using var house = await DiscordHouse.StartAsync();
        Owed? owed = null;
        house.BeforeBeginning = run =>
        {
            // What another process would read if this one died now.
            var copy = Path.Combine(house.Kept, "copy.jsonl");
            File.Copy(Path.Combine(house.Kept, "owed.jsonl"), copy);
            using var ledger = new DiscordLedger(copy);
            owed = Assert.Single(ledger.Open);
        };
        var id = await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask thinking=always x");
        var run = await house.RunAsync(0);
        Assert.Equal(new(id, "100", DiscordHouse.Ann, OwedFor.Message, run.Id, Runtime.Config.ThinkingMode.Always), owed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_that_comes_after_the_answer_does_not_stay(bool isCommand)
    {
        await using var house = await DiscordHouse.StartAsync(house => house.Patience = house.Patience with { Stray = TimeSpan.FromSeconds(3) });
        var late = new TaskCompletionSource();
        var lost = 0;
        house.Discord.Fault = request => request.Method == "PATCH" && lost == 0 && Interlocked.Exchange(ref lost, 1) == 0 ? new(FakeDiscordFault.Broken) { Late = late.Task } : null;
        if (isCommand) await house.Discord.CommandAsync(DiscordHouse.Ann, "ask", options: [("message", "work")]);
        else await house.Discord.WriteAsync(DiscordHouse.Ann, "!ask work");
        var run = await house.RunAsync(0);
        await house.UntilAsync(_ => Volatile.Read(ref lost) == 1);
        await run.SayAsync("here it is");
        await house.UntilAsync(discord => discord.Messages is [{ Text: "here it is" }]);
        var edits = house.Discord.Messages.Single().Edits;
        late.SetResult();
        await house.UntilAsync(discord => discord.Messages.Single().Edits > edits);
        while (DiscordLedger.RunsOwedIn(DiscordLedger.PathIn(house.Kept)).Count > 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        var said = Assert.Single(house.Discord.Messages);
        Assert.Equal("here it is", said.Text);
        // The late one, and the answer once more.
        Assert.True(said.Edits >= edits + 2);
        house.Discord.AssertClean();
    }
}
