using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>The built program between a Discord and a model that both have faults, killed again and again: each message gets one answer, and a true one.</summary>
public sealed class DiscordRestartTests
{
    const string Ann = "201", Interrupted = "I was interrupted by a restart";

    static readonly FakeDiscordFault[] faults = [new(500), new(FakeDiscordFault.Broken), new(FakeDiscordFault.Broken, IsAfter: true), new(502, IsAfter: true), new(429, RetryAfter: 0.05), new(429, RetryAfter: 0.05, IsGlobal: true)];

    [Fact]
    public async Task Every_message_gets_exactly_one_true_answer_however_often_the_process_is_killed()
    {
        var (random, gate) = (new Random(Campaign.Seed), new Lock());
        await using var server = await FakeModelServer.StartAsync();
        server.Rules.MaxBodyBytes = 16 * 1024 * 1024;
        var never = new TaskCompletionSource();
        using var thinking = new SemaphoreSlim(0);
        server.Responds(request =>
        {
            var messages = JsonNode.Parse(request.Text)!["messages"]!.AsArray();
            var asked = (string)messages.Last(message => (string)message!["role"]! == "user")!["content"]!;
            if (asked.StartsWith("hard", StringComparison.Ordinal))
            {
                thinking.Release();
                return FakeAnswer.Says("too late").After(never.Task);
            }
            return (string)messages[^1]!["role"]! != "tool" && Next(2) == 0 ? FakeAnswer.Calls(("fs.list", "{}")) : FakeAnswer.Says($"answer to {asked}");
        });
        await using var discord = await FakeDiscord.StartAsync();
        discord.Fault = _ => Next(15) == 0 ? faults[Next(faults.Length)] : null;
        using var place = await GatewayPlace.MakeAsync(server, $$"""
            , "engine": { "max_concurrent_runs": 4, "max_queued_runs": 500 }, "chat": { "global_rate_limit_per_min": 1000000 },
            "discord": { "enabled": true, "api_base": "{{discord.ApiBase}}", "gateway_url": "{{discord.GatewayUrl}}", "allow_users": ["{{Ann}}"], "rate_limit_per_min": 1000000 }
            """);
        place.Environment["DISCORD_BOT_TOKEN"] = FakeDiscord.Token;

        var sent = new Dictionary<string, string>();
        var kills = Campaign.Scale(4, 40);
        for (var round = 0; round <= kills; round++)
        {
            using var gateway = await place.ServeAsync();
            await discord.UntilAsync(now => now.IsConnected && now.Commands is not null, TestContext.Current.CancellationToken);
            for (var i = 0; i < Campaign.Scale(8, 25); i++)
            {
                await AskAsync($"question {round}-{i}");
                if (Next(8) == 0) discord.Drop();
            }
            if (round == kills)
            {
                await discord.UntilAsync(now => sent.Keys.All(id => AnswersTo(id).Any(IsAnswer)), TestContext.Current.CancellationToken);
                gateway.Signal(15);
                Assert.Equal(0, (await gateway.EndAsync()).ExitCode);
                break;
            }
            // The point of the kill: while the model thinks about one, and anywhere between the taking in of the others and their answers.
            await AskAsync($"hard question {round}");
            await thinking.WaitAsync(TestContext.Current.CancellationToken);
            var said = discord.Requests.Count + Next(60);
            await discord.UntilAsync(now => now.Requests.Count >= said || sent.Count(asked => !AnswersTo(asked.Key).Any(IsAnswer)) <= 1, TestContext.Current.CancellationToken);
            gateway.Signal(9);
            await gateway.EndAsync();
            await AskAsync($"meanwhile {round}");
        }

        var runs = Directory.EnumerateDirectories(place[".openclawssy/agents/default/runs"]).Select(folder => Ended(place.Story(Path.GetFileName(folder)))).ToLookup(run => run.Message, run => run.State);
        foreach (var (id, text) in sent)
        {
            var answer = Assert.Single(AnswersTo(id));
            var states = runs[text].ToList();
            if (text.StartsWith("hard", StringComparison.Ordinal)) Assert.StartsWith(Interrupted, answer.Text, StringComparison.Ordinal);
            if (answer.Text == $"answer to {text}") Assert.Equal(["completed"], states);
            else Assert.True(answer.Text.StartsWith(Interrupted, StringComparison.Ordinal) && states is [] or ["failed"], $"{text}: {answer.Text} ({string.Join(", ", states)})");
        }
        Assert.Equal(sent.Count, discord.Messages.Count);
        Assert.Equal(1, discord.Identified);
        discord.AssertClean();
        await place.DoneAsync("audit", "verify");
        never.SetCanceled(CancellationToken.None);

        async Task AskAsync(string text) => sent.Add(await discord.WriteAsync(Ann, $"!ask {text}", channel: $"{100 + Next(6)}", times: 1 + Next(2)), text);

        IReadOnlyList<FakeDiscordMessage> AnswersTo(string id) => [.. discord.Messages.Where(said => said.Nonce.StartsWith($"{id}-", StringComparison.Ordinal))];

        int Next(int max) { lock (gate) return random.Next(max); }
    }

    static bool IsAnswer(FakeDiscordMessage said) => said.Text.StartsWith("answer to ", StringComparison.Ordinal) || said.Text.StartsWith(Interrupted, StringComparison.Ordinal);

    static (string Message, string State) Ended(IReadOnlyList<JsonElement> story) => (
        story[0].GetProperty("message").GetString()!, story[^1].TryGetProperty("state", out var state) ? state.GetString()! : "no end");
}
