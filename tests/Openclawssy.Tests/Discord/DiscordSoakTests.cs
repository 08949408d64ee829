using Openclawssy.Discord;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>Many messages while everything goes wrong now and then: each that was taken in is answered once.</summary>
public sealed class DiscordSoakTests
{
    static readonly FakeDiscordFault[] faults =
    [
        new(500), new(503), new(FakeDiscordFault.Broken), new(FakeDiscordFault.Broken, IsAfter: true), new(502, IsAfter: true), new(429, RetryAfter: 0.005), new(429, RetryAfter: 0.005, IsGlobal: true),
    ];

    [Fact]
    public async Task Every_message_gets_exactly_one_answer()
    {
        var (random, gate) = (new Random(Campaign.Seed), new Lock());
        var restarts = Campaign.Scale(5, 20);
        const int total = 1000;
        await using var house = await DiscordHouse.StartAsync(house => house.Runs = async run =>
        {
            if (Next(3) == 0) await run.ToolAsync("fs.read", "read something");
            if (Next(4) == 0) await Task.Yield();
            if (Next(10) == 0) await run.EndAsync("failed", "interrupted", null, "its process died");
            else await run.SayAsync($"answer to {run.Request.Message}");
        });
        house.Discord.Fault = request => Next(12) == 0 ? faults[Next(faults.Length)] : null;

        var sent = new List<string>();
        for (var i = 0; i < total; i++)
        {
            sent.Add(await house.Discord.WriteAsync(DiscordHouse.Ann, $"!ask question {i}", channel: $"{100 + Next(20)}", times: 1 + Next(2)));
            switch (Next(40))
            {
                case 0: house.Discord.Drop(); break;
                case 1: await house.Discord.SayAsync("""{"op":7,"d":null}"""); break;
                case 2: await house.Discord.RepeatAsync(1 + Next(10)); break;
                case 3: await house.Discord.CloseAsync(4000); break;
                case 4: await house.Discord.SayAsync("""{"op":9,"d":true}"""); break;
            }
            if (i % (total / restarts) != total / restarts - 1) continue;
            // The process ends in the middle of it and comes back; Discord kept what was said meanwhile.
            await house.StopAsync();
            sent.Add(await house.Discord.WriteAsync(DiscordHouse.Ann, $"!ask meanwhile {i}"));
            await house.ConnectAsync();
        }
        await house.UntilAsync(_ => sent.All(id => house.AnswersTo(id).Any(IsAnswer)));

        Assert.All(sent, id => Assert.True(house.AnswersTo(id).Count == 1, $"{id}: {string.Join(" | ", house.AnswersTo(id).Select(said => said.Text))}"));
        Assert.Equal(sent.Count, house.Accepted.Count);
        Assert.Equal(house.Accepted.Select(run => run.Request.Message).Order(StringComparer.Ordinal), house.Accepted.Select(run => run.Request.Message).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(1, house.Discord.Identified);
        house.Discord.AssertClean();

        int Next(int max) { lock (gate) return random.Next(max); }
    }

    static bool IsAnswer(FakeDiscordMessage said) => said.Text.StartsWith("answer to ", StringComparison.Ordinal) || said.Text == AnswerText.Interrupted;

    // The control: a bot that keeps nothing, answers each event it sees, and posts again after a fault without a nonce of its own.
    [Fact]
    public async Task A_bot_that_keeps_no_ledger_answers_twice()
    {
        await using var discord = await FakeDiscord.StartAsync();
        using var client = new HttpClient();
        var lost = 1;
        discord.Fault = _ => Interlocked.Decrement(ref lost) == 0 ? new(500, IsAfter: true) : null;
        var tries = 0;
        for (var posted = false; !posted; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{discord.ApiBase}/channels/100/messages")
            {
                Content = new StringContent($$$"""{"content":"answer","nonce":"{{{tries}}}","enforce_nonce":true,"allowed_mentions":{"parse":[]}}""", System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("Authorization", $"Bot {FakeDiscord.Token}");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            posted = response.IsSuccessStatusCode;
        }
        Assert.Equal(2, discord.Messages.Count(said => said.Text == "answer"));
    }
}
