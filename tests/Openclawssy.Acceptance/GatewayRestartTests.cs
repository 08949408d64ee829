using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>A gateway killed in the middle of fifty runs, and a gateway beside commands on one state folder.</summary>
public sealed class GatewayRestartTests
{
    const int Runs = 50;

    [Fact]
    public async Task A_restart_in_the_middle_of_fifty_runs_leaves_every_one_in_an_honest_state()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Rules.MaxBodyBytes = 16 * 1024 * 1024;
        server.Responds(request => request.Text.Split("\"role\":\"tool\"").Length - 1 is var results && results < 4
            ? FakeAnswer.Calls(("fs.append", $$"""{"path":"log.txt","content":"line {{results}}\n"}"""), ("fs.list", "{}"))
            : FakeAnswer.Says("all done"));
        using var place = await GatewayPlace.MakeAsync(server, """, "engine": { "max_concurrent_runs": 8, "max_queued_runs": 64 }""");
        for (var round = 0; round < Campaign.Scale(2, 40); round++)
        {
            var runs = new List<string>();
            var asked = server.Requests.Count + new Random(Campaign.Seed + round).Next(10, 120);
            using (var first = await place.ServeAsync())
            {
                for (var i = 0; i < Runs; i++) runs.Add(await place.OrderAsync(first, $"work {round}-{i}"));
                // The point of the kill: somewhere in the middle of some, before the beginning of others.
                while (server.Requests.Count < asked) await Task.Delay(2, TestContext.Current.CancellationToken);
                first.Signal(9);
                await first.EndAsync();
            }
            using var second = await place.ServeAsync();
            var statuses = new Dictionary<string, int>();
            foreach (var run in runs)
            {
                await place.FollowAsync(second, run);
                await place.Http.SendAsync("GET", new(second.Address, $"/v1/runs/{run}"), null);
                var status = $"{place.Http.Field("status")} {place.Http.Field("reason")}".Trim();
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                Assert.True(status is "completed" or "failed interrupted", place.Http.ToString());
                var story = place.Journal(run);
                Assert.Equal("run.ended", story[^1]);
                Assert.Single(story, "run.ended");
                Assert.True(File.Exists(place[$".openclawssy/agents/default/runs/{run}/meta.json"]), run);
            }
            Assert.True(statuses.GetValueOrDefault("failed interrupted") is > 0 and <= 8, string.Join(", ", statuses));
            await place.Http.SendAsync("GET", new(second.Address, "/v1/runs?limit=1"), null);
            Assert.Equal(((round + 1) * Runs).ToString(System.Globalization.CultureInfo.InvariantCulture), place.Http.Field("total"));
            second.Signal(15);
            Assert.Equal(0, (await second.EndAsync()).ExitCode);
            await place.DoneAsync("audit", "verify");
        }
    }

    [Fact]
    public async Task A_gateway_and_commands_on_one_state_folder_lose_nothing()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Responds(_ => FakeAnswer.Says("said"));
        using var place = await GatewayPlace.MakeAsync(server);
        using var gateway = await place.ServeAsync();
        var count = Campaign.Scale(6, 60);
        var session = Assert.Single((await place.DoneAsync("ask", "--session", "new", "begin")).Error.Split(' ', '\n'), word => word.StartsWith("chat_", StringComparison.Ordinal));

        var overHttp = Task.WhenAll(Enumerable.Range(0, 4).Select(async client =>
        {
            using var http = GatewayPlace.AnotherClient();
            var runs = new List<string>();
            for (var i = 0; i < count; i++)
            {
                runs.Add(await place.OrderAsync(gateway, i % 2 == 0 ? $$"""/tool fs.append {"path":"shared.txt","content":"http {{client}}-{{i}}\n"}""" : $"question {client}-{i}", http));
                await place.FollowAsync(gateway, runs[^1], http);
            }
            return runs;
        }));
        var atTheCommandLine = Task.WhenAll(Enumerable.Range(0, 2).Select(async client =>
        {
            for (var i = 0; i < count; i++)
                await (i % 2 == 0 ? place.DoneAsync("run", "--message", $$"""/tool fs.append {"path":"shared.txt","content":"cli {{client}}-{{i}}\n"}""") : place.DoneAsync("ask", "--session", session, $"question {client}-{i}"));
        }));
        var runs = (await overHttp).SelectMany(some => some).ToList();
        await atTheCommandLine;

        await place.Http.SendAsync("GET", new(gateway.Address, "/v1/runs?status=completed&limit=500"), null);
        Assert.Equal((1 + 6 * count).ToString(System.Globalization.CultureInfo.InvariantCulture), place.Http.Field("total"));
        Assert.All(runs, run => Assert.Contains(run, place.Http.Body, StringComparison.Ordinal));
        Assert.Equal(6 * ((count + 1) / 2), (await File.ReadAllLinesAsync(place["workspace/shared.txt"], TestContext.Current.CancellationToken)).Distinct().Count());
        var messages = await File.ReadAllLinesAsync(place[$".openclawssy/agents/default/memory/chats/{session}/messages.jsonl"], TestContext.Current.CancellationToken);
        Assert.Equal(2 + 2 * 2 * (count / 2), messages.Count(line => line.Contains("\"role\":\"user\"", StringComparison.Ordinal) || line.Contains("\"role\":\"assistant\"", StringComparison.Ordinal)));
        gateway.Signal(15);
        Assert.Equal(0, (await gateway.EndAsync()).ExitCode);
        await place.DoneAsync("audit", "verify");
        foreach (var run in runs) await place.DoneAsync("audit", "verify", "--run", run);
    }
}
