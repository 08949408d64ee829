using System.Text.Json;
using System.Text.Json.Nodes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>An installation in a folder of its own with a model server, for tests that need more than a story: commands, gateways and requests.</summary>
sealed class GatewayPlace : IDisposable
{
    const string Token = "place-token-0123456789abcdef";

    readonly TempFolder folder = new();

    GatewayPlace() => Home = Directory.CreateDirectory(folder["home"]).FullName;

    public string Home { get; }

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        ["DOTNET_ROOT"] = System.Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
        ["OPENAI_COMPAT_API_KEY"] = "place-key-0123456789",
        ["LANG"] = "C.UTF-8",
    };

    public HttpExchange Http { get; } = new() { Token = Token };

    public string this[string relative] => Path.Combine(Home, relative);

    /// <param name="more">Sections of the configuration beside the model.</param>
    public static async Task<GatewayPlace> MakeAsync(FakeModelServer? server = null, string more = "")
    {
        if (!Binary.IsBuilt)
        {
            Assert.False(Binary.IsRequired, $"{Binary.Path} is not there");
            Assert.Skip("the program is not built; run make build");
        }
        var place = new GatewayPlace();
        place.Environment["HOME"] = Directory.CreateDirectory(place.folder["user"]).FullName;
        place.Environment["TMPDIR"] = place.folder.Path;
        await place.DoneAsync("init");
        await File.WriteAllTextAsync(place[".openclawssy/config.json"],
            $$"""{ "model": { "provider": "generic", "name": "m" }, "providers": { "generic": { "base_url": "{{server?.BaseUrl ?? "http://127.0.0.1:9/v1"}}" } }{{more}} }""");
        return place;
    }

    public Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.StartAsync(arguments, Home, Environment, "", null);

    /// <summary>The same for a command that must succeed.</summary>
    public async Task<CommandRun> DoneAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run;
    }

    public Task<RunningGateway> ServeAsync() => RunningGateway.StartAsync(["--addr", "127.0.0.1:0", "--token", Token], Home, Environment);

    /// <summary>Asks for a run; returns its id.</summary>
    public async Task<string> OrderAsync(RunningGateway gateway, string message, HttpExchange? http = null)
    {
        http ??= Http;
        await http.SendAsync("POST", new(gateway.Address, "/v1/runs"), new JsonObject { ["agent_id"] = "default", ["message"] = message }.ToJsonString());
        Assert.True(http.Status == 202, http.ToString());
        return http.Field("id")!;
    }

    /// <summary>Follows a run's events to the end.</summary>
    public async Task FollowAsync(RunningGateway gateway, string run, HttpExchange? http = null)
    {
        http ??= Http;
        await http.SendAsync("GET", new(gateway.Address, $"/v1/runs/events/{run}"), null);
        Assert.True(http.Status == 200, http.ToString());
    }

    public static HttpExchange AnotherClient() => new() { Token = Token };

    /// <summary>Every event of a run's journal.</summary>
    public IReadOnlyList<JsonElement> Story(string run) => [.. File.ReadLines(this[$".openclawssy/agents/default/runs/{run}/events.jsonl"]).Select(line =>
    {
        using var entry = JsonDocument.Parse(line);
        return entry.RootElement.Clone();
    })];

    /// <summary>The same, by name.</summary>
    public IReadOnlyList<string> Journal(string run) => [.. Story(run).Select(entry => entry.GetProperty("event").GetString()!)];

    public void Dispose()
    {
        Http.Dispose();
        folder.Dispose();
    }
}
