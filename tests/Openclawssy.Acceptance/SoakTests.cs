using System.Diagnostics;
using System.Globalization;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>The gateway at work for a while: what it holds at the end is what it held when it had warmed up.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    const int Clients = 8;

    [Fact]
    public async Task Memory_and_descriptors_are_a_flat_line()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Checks = false;
        server.AnswersAtOnce(1, "fs.list", "{}");
        using var place = await GatewayPlace.MakeAsync(server, """, "server": { "access_log": false }""");
        using var gateway = await place.ServeAsync();
        var length = TimeSpan.FromSeconds(Campaign.Scale(5, 600));
        var worked = 0;
        var tenths = new List<(double Megabytes, int Descriptors, int Runs)>();
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var began = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
            {
                using var http = GatewayPlace.AnotherClient();
                do
                {
                    var run = await place.OrderAsync(gateway, client % 2 == 0 ? "look around" : "/tool time.now {}", http);
                    await place.FollowAsync(gateway, run, http);
                    await http.SendAsync("GET", new(gateway.Address, "/v1/runs?limit=5"), null);
                    Interlocked.Increment(ref worked);
                }
                while (Stopwatch.GetElapsedTime(began) < length / 10);
            }));
            tenths.Add((Megabytes(gateway.ProcessId), Directory.GetFiles($"/proc/{gateway.ProcessId}/fd").Length, worked));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {tenths[^1].Runs} runs: {tenths[^1].Megabytes:0.0} MB, {tenths[^1].Descriptors} descriptors"));
        }
        // The first third is its warming up: code is compiled, buffers and connections are made.
        var (warm, end) = (tenths[3..6], tenths[7..]);
        Assert.True(end.Max(one => one.Descriptors) <= warm.Max(one => one.Descriptors) + 2 * Clients, string.Join('\n', tenths));
        Assert.True(end.Min(one => one.Megabytes) <= warm.Max(one => one.Megabytes) * 1.2 + Campaign.Scale(40, 15), string.Join('\n', tenths));
        gateway.Signal(15);
        Assert.Equal(0, (await gateway.EndAsync()).ExitCode);
    }

    static double Megabytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000.0;
}
