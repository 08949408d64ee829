using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Openclawssy.TestKit;

/// <summary>
/// Discord on loopback, as far as a bot sees it: the gateway with sessions that can be gone on with, and the HTTP interface with its
/// limits, nonces and refusals. It goes wrong where a test tells it to, and writes down what a bot may not do.
/// </summary>
public sealed partial class FakeDiscord : IAsyncDisposable
{
    public const string Token = "fake-discord-token-0001", Bot = "900", Application = "901", Guild = "800";

    readonly Lock gate = new();
    readonly WebApplication app;
    readonly CancellationTokenSource closing = new();
    readonly List<FakeDiscordMessage> messages = [];
    readonly ConcurrentQueue<string> violations = new();
    readonly ConcurrentQueue<FakeDiscordRequest> requests = new();
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long lastId = 1000;

    FakeDiscord(WebApplication app) => this.app = app;

    /// <summary>What <c>discord.api_base</c> and <c>discord.gateway_url</c> are set to.</summary>
    public string ApiBase { get; private set; } = "";
    public string GatewayUrl { get; private set; } = "";

    /// <summary>What comes of a request instead of an answer; null lets it through.</summary>
    public Func<FakeDiscordRequest, FakeDiscordFault?> Fault { get; set; } = static _ => null;

    public IReadOnlyList<FakeDiscordRequest> Requests => [.. requests];
    public IReadOnlyList<string> Violations => [.. violations];

    /// <summary>What the bot said, in the order it began to.</summary>
    public IReadOnlyList<FakeDiscordMessage> Messages { get { lock (gate) return [.. messages]; } }

    /// <summary>The bot's commands, as it registered them.</summary>
    public JsonArray? Commands { get; private set; }

    public static async Task<FakeDiscord> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var discord = new FakeDiscord(app);
        app.UseWebSockets();
        app.Run(context => context.WebSockets.IsWebSocketRequest ? discord.TalkAsync(context) : discord.AnswerAsync(context));
        await app.StartAsync();
        var port = new Uri(app.Urls.First()).Port;
        (discord.ApiBase, discord.GatewayUrl) = ($"http://127.0.0.1:{port}/api/v10", $"ws://127.0.0.1:{port}");
        return discord;
    }

    /// <summary>Returns when something is so; looked at after every change.</summary>
    public async Task UntilAsync(Func<FakeDiscord, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate) next = changed.Task;
            if (isSo(this)) return;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <exception cref="InvalidOperationException">The bot did what it may not.</exception>
    public void AssertClean()
    {
        if (!violations.IsEmpty) throw new InvalidOperationException("Discord was not content:\n" + string.Join('\n', violations));
    }

    public string NewId() { lock (gate) return $"{++lastId}"; }

    void Change(Action? change = null)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            change?.Invoke();
            (told, changed) = (changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.SetResult();
    }

    async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new FakeDiscordRequest(context.Request.Method, context.Request.Path.Value!["/api/v10".Length..], body.ToArray(), context.Request.ContentType ?? "");
        var isInteraction = request.Path.StartsWith("/interactions/", StringComparison.Ordinal) || request.Path.StartsWith("/webhooks/", StringComparison.Ordinal);
        requests.Enqueue(request);
        if (!isInteraction && context.Request.Headers.Authorization != $"Bot {Token}")
        {
            await SendAsync(context, 401, new JsonObject { ["message"] = "401: Unauthorized", ["code"] = 0 });
            Change();
            return;
        }
        if (!context.Request.Headers.UserAgent.ToString().StartsWith("DiscordBot (", StringComparison.Ordinal)) violations.Enqueue($"{request}: no User-Agent of a bot");
        var fault = Fault(request);
        if (fault is { Late: { } late })
        {
            _ = ActLaterAsync(request, isInteraction, late);
            await fault.SendAsync(context);
            Change();
            return;
        }
        if (fault is { IsAfter: false })
        {
            await fault.SendAsync(context);
            Change();
            return;
        }
        if (!await LimitAsync(context, request, isTold: fault is null))
        {
            Change();
            return;
        }
        var (status, answer) = Act(request, isInteraction);
        if (fault is not null) await fault.SendAsync(context);
        else await SendAsync(context, status, answer);
        Change();
    }

    async Task ActLaterAsync(FakeDiscordRequest request, bool isInteraction, Task late)
    {
        await late;
        Act(request, isInteraction);
        Change();
    }

    (int Status, JsonNode? Answer) Act(FakeDiscordRequest request, bool isInteraction)
    {
        var words = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (request.Method, words)
        {
            case ("POST", ["channels", var channel, "messages"]): return Post(channel, request);
            case ("PATCH", ["channels", var channel, "messages", var id]): return Edit(channel, id, request.Json);
            case ("POST", ["channels", var channel, "typing"]): return ForbiddenChannels.ContainsKey(channel) ? (403, new JsonObject { ["message"] = "Missing Access", ["code"] = 50001 }) : (204, null);
            case ("GET", ["channels", var channel]):
                return ForbiddenChannels.ContainsKey(channel) ? (403, new JsonObject { ["message"] = "Missing Access", ["code"] = 50001 }) : (200, new JsonObject { ["id"] = channel, ["guild_id"] = Guilds.GetValueOrDefault(channel, Guild) });
            case ("PUT", ["applications", Application, "commands"]):
                Commands = JsonNode.Parse(request.Body)!.AsArray();
                return (200, Commands.DeepClone());
            case ("POST", ["interactions", var id, _, "callback"]) when isInteraction: return Answer(id, request.Json);
            case ("GET" or "PATCH", ["webhooks", Application, var token, "messages", "@original"]) when isInteraction: return Original(token, request);
            case ("POST", ["webhooks", Application, var token]) when isInteraction: return FollowUp(token, request.Json);
            default:
                violations.Enqueue($"{request}: no such route");
                return (404, new JsonObject { ["message"] = "404: Not Found", ["code"] = 0 });
        }
    }

    (int, JsonNode?) Post(string channel, FakeDiscordRequest request)
    {
        var json = request.Json;
        if (Refusal(channel, json) is { } refusal) return refusal;
        var nonce = (string?)json["nonce"];
        if (nonce is null or { Length: > 25 } || (bool?)json["enforce_nonce"] != true) violations.Enqueue($"{request}: a message without an enforced nonce of 25 characters");
        lock (gate)
        {
            if (messages.FirstOrDefault(said => said.Channel == channel && said.Nonce == nonce) is { } same) return (200, same.ToJson());
            var said = new FakeDiscordMessage($"{++lastId}", channel, (string)json["content"]!, nonce!, (string?)json["message_reference"]?["message_id"], request.FileText);
            messages.Add(said);
            return (200, said.ToJson());
        }
    }

    (int, JsonNode?) Edit(string channel, string id, JsonNode json)
    {
        if (Refusal(channel, json) is { } refusal) return refusal;
        lock (gate)
        {
            var at = messages.FindIndex(said => said.Channel == channel && said.Id == id && !said.IsGone);
            if (at < 0) return (404, new JsonObject { ["message"] = "Unknown Message", ["code"] = 10008 });
            messages[at] = messages[at] with { Text = (string)json["content"]!, Edits = messages[at].Edits + 1 };
            return (200, messages[at].ToJson());
        }
    }

    (int, JsonNode?) Answer(string interaction, JsonNode json)
    {
        if (Refusal("", json["data"]!) is { } refusal) return refusal;
        lock (gate)
        {
            if (!interactions.TryGetValue(interaction, out var channel)) return (404, new JsonObject { ["message"] = "Unknown interaction", ["code"] = 10062 });
            if (channel.Length == 0) return (400, new JsonObject { ["message"] = "Interaction has already been acknowledged.", ["code"] = 40060 });
            interactions[interaction] = "";
            var said = new FakeDiscordMessage($"{++lastId}", channel, (string)json["data"]!["content"]!, $"interaction-{interaction}", null, null) { IsPrivate = ((int)json["data"]!["flags"]! & 64) != 0 };
            messages.Add(said);
            return (200, new JsonObject { ["interaction"] = new JsonObject { ["id"] = interaction }, ["resource"] = new JsonObject { ["type"] = 4, ["message"] = said.ToJson() } });
        }
    }

    (int, JsonNode?) Original(string token, FakeDiscordRequest request)
    {
        if (request.Method == "PATCH" && Refusal("", request.Json) is { } refusal) return refusal;
        lock (gate)
        {
            var at = messages.FindIndex(said => said.Nonce == $"interaction-{InteractionOf(token)}" && !said.IsGone);
            if (at < 0) return (404, new JsonObject { ["message"] = "Unknown Message", ["code"] = 10008 });
            if (request.Method == "PATCH") messages[at] = messages[at] with { Text = (string)request.Json["content"]!, Edits = messages[at].Edits + 1 };
            return (200, messages[at].ToJson());
        }
    }

    (int, JsonNode?) FollowUp(string token, JsonNode json)
    {
        if (Refusal("", json) is { } refusal) return refusal;
        lock (gate)
        {
            if (messages.Find(said => said.Nonce == $"interaction-{InteractionOf(token)}") is not { } first) return (404, new JsonObject { ["message"] = "Unknown Webhook", ["code"] = 10015 });
            messages.Add(new($"{++lastId}", first.Channel, (string)json["content"]!, $"follow-up-{InteractionOf(token)}", null, null));
            return (200, messages[^1].ToJson());
        }
    }

    static string InteractionOf(string token) => Uri.UnescapeDataString(token)["answer-token/".Length..];

    (int, JsonNode?)? Refusal(string channel, JsonNode json)
    {
        if (json["allowed_mentions"]?["parse"] is not JsonArray { Count: 0 }) violations.Enqueue($"a message in {channel} that may mention somebody");
        var content = (string?)json["content"] ?? "";
        if (content.Trim().Length is 0 or > 2000)
        {
            violations.Enqueue($"a message of {content.Length} characters in {channel}");
            return (400, new JsonObject { ["message"] = "Invalid Form Body", ["code"] = 50035 });
        }
        return ForbiddenChannels.ContainsKey(channel) ? (403, new JsonObject { ["message"] = "Missing Access", ["code"] = 50001 }) : null;
    }

    /// <summary>Where the bot may not speak.</summary>
    public ConcurrentDictionary<string, bool> ForbiddenChannels { get; } = new();

    /// <summary>Which server a channel is in, where it is not <see cref="Guild"/>; null for direct messages.</summary>
    public ConcurrentDictionary<string, string?> Guilds { get; } = new();

    /// <summary>Takes one of the bot's messages away, as a person would.</summary>
    public void Delete(string message) => Change(() =>
    {
        var at = messages.FindIndex(said => said.Id == message);
        messages[at] = messages[at] with { IsGone = true };
    });

    internal static async Task SendAsync(HttpContext context, int status, JsonNode? answer)
    {
        context.Response.StatusCode = status;
        if (answer is null) return;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.ToJsonString()));
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        foreach (var line in everyLine) line.Dispose();
        closing.Dispose();
    }
}

/// <summary>Something the bot said.</summary>
/// <param name="File">The text of the file beside it.</param>
public sealed record FakeDiscordMessage(string Id, string Channel, string Text, string Nonce, string? ReplyTo, string? File)
{
    public int Edits { get; init; }
    public bool IsGone { get; init; }
    public bool IsPrivate { get; init; }

    internal JsonObject ToJson() => new() { ["id"] = Id, ["channel_id"] = Channel, ["content"] = Text };
}

/// <summary>One request of the bot.</summary>
public sealed record FakeDiscordRequest(string Method, string Path, byte[] Body, string ContentType)
{
    /// <summary>The JSON in it, also where a file comes along.</summary>
    public JsonNode Json => JsonNode.Parse(ContentType.StartsWith("multipart/", StringComparison.Ordinal) ? Part(0) : Body)!;

    public string? FileText => ContentType.StartsWith("multipart/", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Part(1)) : null;

    byte[] Part(int index)
    {
        var boundary = "--" + ContentType.Split("boundary=")[1].Trim('"');
        var text = Encoding.Latin1.GetString(Body).Split(boundary)[index + 1];
        var begin = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return Encoding.Latin1.GetBytes(text[begin..^2]);
    }

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>What goes wrong with one request.</summary>
/// <param name="IsAfter">It was done all the same, and only its answer is lost.</param>
/// <param name="Code">Discord's own number for what is wrong.</param>
public sealed record FakeDiscordFault(int Status, bool IsAfter = false, double RetryAfter = 0, bool IsGlobal = false, int Code = 0)
{
    /// <summary>What stands before Discord says no, with a page of its own.</summary>
    public bool IsPage { get; init; }

    /// <summary>It is done all the same, but not before this.</summary>
    public Task? Late { get; init; }

    /// <summary>The connection breaks.</summary>
    public const int Broken = 0;

    internal async Task SendAsync(HttpContext context)
    {
        if (Status == Broken)
        {
            context.Abort();
            return;
        }
        if (IsPage)
        {
            context.Response.StatusCode = Status;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html><title>no</title></html>");
        }
        else if (Status == 429)
        {
            FakeDiscord.WriteLimit(context, RetryAfter, IsGlobal ? "global" : "shared");
            await FakeDiscord.SendAsync(context, 429, new JsonObject { ["message"] = "You are being rate limited.", ["retry_after"] = RetryAfter, ["global"] = IsGlobal });
        }
        else await FakeDiscord.SendAsync(context, Status, new JsonObject { ["message"] = "the fake was told to", ["code"] = Code });
    }
}
