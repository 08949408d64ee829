using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.Cli;
using Openclawssy.Gateway;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Openclawssy.Tests.Cli;

namespace Openclawssy.Tests.Gateway;

/// <summary>A real gateway of a real instance, on a port of its own, before a model server that says what it is told to say.</summary>
sealed class GatewayHouse : IAsyncDisposable
{
    public const string Token = "oc_test_token_0123456789abcdefghij";

    readonly TempFolder folder = new();
    Dictionary<string, string> variables = [];
    readonly List<string> reported = [];
    Installation? installation;
    string? root;
    bool ownsModel;

    GatewayHouse(FakeModelServer model) => Model = model;

    public FakeModelServer Model { get; }
    public Serving Serving { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;
    public Installation Installation => installation!;
    public System.Security.Cryptography.X509Certificates.X509Certificate2? Certificate { get; private init; }
    public string Root => root ?? folder.Path;
    public IReadOnlyList<string> Reported { get { lock (reported) return [.. reported]; } }
    public StringWriter Log { get; } = new();

    /// <summary>The token that holds; null means it was taken away.</summary>
    public BearerToken? Held { get; set; } = BearerToken.Of(Token);

    /// <param name="config">Sections beside the model's, as JSON members without the outer braces.</param>
    public static async Task<GatewayHouse> OpenAsync(string config = "", TimeProvider? clock = null, string? root = null, FakeModelServer? model = null, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null,
        Dictionary<string, string>? variables = null)
    {
        var house = new GatewayHouse(model ?? await FakeModelServer.StartAsync()) { Certificate = certificate, root = root, ownsModel = model is null, variables = variables ?? [] };
        if (root is null)
        {
            await new CliHouse().RunAsync("init", "--root", house.Root);
            var more = config.Length == 0 ? "" : ", " + config;
            File.WriteAllText(Path.Combine(house.Root, ".openclawssy", "config.json"), $$$"""
                {
                  "model": {"provider": "generic", "name": "m"},
                  "providers": {"generic": {"base_url": "{{{house.Model.BaseUrl}}}", "api_key": "sk-test-key-0123456789"}},
                  "workspace": {"root": "workspace"}, "audit": {"anchor": "none"}{{{more}}}
                }
                """);
        }
        await house.StartAsync(clock);
        return house;
    }

    /// <summary>Stops and starts again over the same folder.</summary>
    public async Task RestartAsync(TimeProvider? clock = null)
    {
        await StopAsync();
        await StartAsync(clock);
    }

    public async Task StartAsync(TimeProvider? clock = null)
    {
        var world = new World(clock ?? TimeProvider.System, name => variables.GetValueOrDefault(name), (where, problem) => { lock (reported) reported.Add($"{where}: {problem}"); }, _ => null);
        installation = new(world, Root);
        var held = GatewayPlate.TryTake(installation.State) ?? throw new InvalidOperationException("another gateway has this instance");
        Serving = new(installation, held, new(System.Net.IPAddress.Loopback, 0), new("a test", false, null, () => Held), Certificate, Log, world, _ => Task.FromResult<IReadOnlyList<Finding>>([]));
        await Serving.StartAsync(default);
        Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Serving.Address };
        Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
    }

    public async Task StopAsync(TimeSpan? limit = null)
    {
        Client.Dispose();
        await Serving.StopAsync(limit ?? TimeSpan.FromSeconds(10));
        await Serving.DisposeAsync();
        installation!.Dispose();
    }

    public async Task<(int Status, JsonNode? Body)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        return ((int)answer.StatusCode, Parse(await answer.Content.ReadAsStringAsync()));
    }

    public Task<(int Status, JsonNode? Body)> PostAsync(string path, string json, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, json, headers);

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Client.SendAsync(request);
        return ((int)answer.StatusCode, Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Asks for a run and returns its id.</summary>
    public async Task<string> AskAsync(string message, string agent = "default", string? session = null)
    {
        var order = new JsonObject { ["agent_id"] = agent, ["message"] = message };
        if (session is not null) order["session_id"] = session;
        var (status, body) = await PostAsync("/v1/runs", order.ToJsonString());
        return status == 202 ? body!["id"]!.GetValue<string>() : throw new InvalidOperationException($"{status} {body}");
    }

    /// <summary>Follows a run to its end and returns its record.</summary>
    public async Task<JsonNode> EndOfAsync(string run)
    {
        await foreach (var _ in EventsAsync(run)) { }
        return (await GetAsync($"/v1/runs/{run}")).Body!;
    }

    public async IAsyncEnumerable<(string? Id, string Type, JsonNode Data)> EventsAsync(string run, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/events/{run}");
        if (lastId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        string? id = null, type = null;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return (id, type!, JsonNode.Parse(line[6..])!);
            else if (line.Length == 0) (id, type) = (null, null);
        }
    }

    public StateFolder State => Installation.State;

    // Figures for Prometheus are no JSON.
    static JsonNode? Parse(string text) => text.Length == 0 ? null : text[0] is '{' or '[' ? JsonNode.Parse(text) : JsonValue.Create(text);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (ownsModel) await Model.DisposeAsync();
        folder.Dispose();
    }
}
