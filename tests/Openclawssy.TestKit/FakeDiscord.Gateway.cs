using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.TestKit;

public sealed partial class FakeDiscord
{
    readonly List<JsonObject> log = [];
    readonly Dictionary<string, string> interactions = [];
    readonly List<Line> lines = [], everyLine = [];
    string? session;
    int sessions;

    /// <summary>How often the bot signed in, and how often it went on with a session.</summary>
    public int Identified { get; private set; }
    public int Resumed { get; private set; }
    public int Heartbeats { get; private set; }

    /// <summary>What the bot asked for when it signed in last.</summary>
    public long Intents { get; private set; }

    public int HeartbeatInterval { get; set; } = 41_250;

    /// <summary>False: beats are not acknowledged any more.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>The next who signs in, or goes on, is closed with this number.</summary>
    public int? CloseAtHello { get; set; }

    /// <summary>The next who goes on is told that the session is gone.</summary>
    public bool ForgetsSession { get; set; }

    /// <summary>So many who go on with a session are cut off instead.</summary>
    public int CutsResumes { get; set; }

    /// <summary>Where the bot is told to call back; null is the one address there is.</summary>
    public string? ResumeUrl { get; set; }

    public bool IsConnected { get { lock (gate) return lines.Exists(line => line.IsReady); } }

    /// <summary>Somebody writes; returns the message's id.</summary>
    /// <param name="guild">Null for a direct message.</param>
    /// <param name="answers">A message of the bot it answers.</param>
    public async Task<string> WriteAsync(string user, string text, string channel = "100", string? guild = Guild, bool isBot = false, int times = 1, string? answers = null)
    {
        var id = NewId();
        var message = new JsonObject
        {
            ["id"] = id,
            ["channel_id"] = channel,
            ["type"] = 0,
            ["content"] = text,
            ["author"] = new JsonObject { ["id"] = user, ["username"] = $"user {user}", ["bot"] = isBot },
            ["mentions"] = new JsonArray(answers is not null || text.Contains($"<@{Bot}>", StringComparison.Ordinal) ? [new JsonObject { ["id"] = Bot, ["bot"] = true }] : []),
        };
        if (answers is not null) (message["type"], message["message_reference"]) = (19, new JsonObject { ["message_id"] = answers, ["channel_id"] = channel });
        if (guild is not null) message["guild_id"] = guild;
        for (; times > 0; times--) await DispatchAsync("MESSAGE_CREATE", message.DeepClone());
        return id;
    }

    public Task ReactAsync(string user, string message, string channel = "100", string emoji = "❌") => DispatchAsync("MESSAGE_REACTION_ADD", new JsonObject
    {
        ["user_id"] = user,
        ["channel_id"] = channel,
        ["message_id"] = message,
        ["guild_id"] = Guild,
        ["emoji"] = new JsonObject { ["id"] = null, ["name"] = emoji },
    });

    /// <summary>Somebody uses a slash command.</summary>
    public async Task<string> CommandAsync(string user, string name, string channel = "100", params (string Name, string Value)[] options)
    {
        var id = NewId();
        lock (gate) interactions[id] = channel;
        await DispatchAsync("INTERACTION_CREATE", new JsonObject
        {
            ["id"] = id,
            ["type"] = 2,
            ["application_id"] = Application,
            ["token"] = $"answer-token/{id}",
            ["channel_id"] = channel,
            ["guild_id"] = Guild,
            ["member"] = new JsonObject { ["user"] = new JsonObject { ["id"] = user } },
            ["data"] = new JsonObject { ["name"] = name, ["options"] = new JsonArray([.. options.Select(option => new JsonObject { ["name"] = option.Name, ["type"] = 3, ["value"] = option.Value })]) },
        });
        return id;
    }

    /// <summary>Something happens: kept for whoever goes on with the session, and told to who is there.</summary>
    public async Task DispatchAsync(string type, JsonNode data)
    {
        JsonObject happened;
        List<Line> listening;
        lock (gate)
        {
            happened = new() { ["op"] = 0, ["s"] = log.Count + 1, ["t"] = type, ["d"] = data };
            log.Add(happened);
            listening = [.. lines.Where(line => line.IsReady)];
        }
        foreach (var line in listening) await line.SendAsync(happened);
    }

    /// <summary>Tells the last events again, the newest first.</summary>
    public async Task RepeatAsync(int count)
    {
        List<JsonObject> again;
        List<Line> listening;
        lock (gate) (again, listening) = ([.. log.TakeLast(count).Reverse()], [.. lines.Where(line => line.IsReady)]);
        foreach (var line in listening)
            foreach (var happened in again) await line.SendAsync(happened);
    }

    /// <summary>Breaks every connection without a word.</summary>
    public void Drop()
    {
        foreach (var line in Lines()) line.Socket.Abort();
    }

    public async Task CloseAsync(int code)
    {
        foreach (var line in Lines()) await line.CloseAsync(code);
    }

    /// <summary>Sends a message that is no event, such as <c>{"op":7}</c>.</summary>
    public async Task SayAsync(string json)
    {
        foreach (var line in Lines()) await line.SendAsync(JsonNode.Parse(json)!);
    }

    /// <summary>Sends any text.</summary>
    public async Task SayTextAsync(string text)
    {
        foreach (var line in Lines()) await line.SendTextAsync(text);
    }

    List<Line> Lines() { lock (gate) return [.. lines]; }

    async Task TalkAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var line = new Line(socket);
        if (context.Request.QueryString.Value != "?v=10&encoding=json") violations.Enqueue($"gateway query {context.Request.QueryString}");
        Change(() =>
        {
            lines.Add(line);
            everyLine.Add(line);
        });
        try
        {
            await line.SendAsync(new JsonObject { ["op"] = 10, ["d"] = new JsonObject { ["heartbeat_interval"] = HeartbeatInterval } });
            while (await line.ReadAsync(closing.Token) is { } message) await HearAsync(line, message);
        }
        catch (Exception over) when (over is WebSocketException or OperationCanceledException or IOException) { }
        finally { Change(() => lines.Remove(line)); }
    }

    async Task HearAsync(Line line, JsonNode message)
    {
        switch ((int)message["op"]!)
        {
            case 1:
                Change(() => Heartbeats++);
                if (Acknowledges) await line.SendAsync(new JsonObject { ["op"] = 11 });
                break;
            case 2 or 6 when CloseAtHello is { } code:
                CloseAtHello = null;
                await line.CloseAsync(code);
                break;
            case 2 or 6 when (string?)message["d"]!["token"] != Token: await line.CloseAsync(4004); break;
            case 2: await BeginAsync(line, message["d"]!); break;
            case 6: await GoOnAsync(line, message["d"]!); break;
        }
    }

    async Task BeginAsync(Line line, JsonNode data)
    {
        JsonObject ready;
        lock (gate)
        {
            log.Clear();
            session = $"session-{++sessions}";
            Intents = (long)data["intents"]!;
            ready = new()
            {
                ["op"] = 0,
                ["s"] = 1,
                ["t"] = "READY",
                ["d"] = new JsonObject
                {
                    ["v"] = 10,
                    ["session_id"] = session,
                    ["resume_gateway_url"] = ResumeUrl ?? GatewayUrl,
                    ["user"] = new JsonObject { ["id"] = Bot, ["username"] = "helper", ["bot"] = true },
                    ["application"] = new JsonObject { ["id"] = Application },
                    ["guilds"] = new JsonArray(),
                },
            };
            log.Add(ready);
        }
        await line.SendAsync(ready);
        Change(() => (line.IsReady, Identified) = (true, Identified + 1));
    }

    async Task GoOnAsync(Line line, JsonNode data)
    {
        if (CutsResumes > 0)
        {
            Change(() => CutsResumes--);
            line.Socket.Abort();
            return;
        }
        if (ForgetsSession || (string?)data["session_id"] != session)
        {
            ForgetsSession = false;
            await line.SendAsync(new JsonObject { ["op"] = 9, ["d"] = false });
            return;
        }
        // Looked at in the line's turn: nothing new is told before what was missed.
        await line.SendAllAsync(() =>
        {
            lock (gate)
            {
                line.IsReady = true;
                return [.. log.Skip((int)(long)data["seq"]!), new JsonObject { ["op"] = 0, ["s"] = null, ["t"] = "RESUMED", ["d"] = new JsonObject() }];
            }
        });
        Change(() => Resumed++);
    }

    sealed class Line(WebSocket socket) : IDisposable
    {
        readonly SemaphoreSlim writing = new(1, 1);

        public WebSocket Socket { get; } = socket;
        public bool IsReady { get; set; }

        public void Dispose() => writing.Dispose();

        public Task SendAsync(JsonNode json) => SendAllAsync(() => [json]);

        public async Task SendAllAsync(Func<IReadOnlyList<JsonNode>> all)
        {
            await writing.WaitAsync();
            try
            {
                foreach (var json in all()) await Socket.SendAsync(Encoding.UTF8.GetBytes(json.ToJsonString()), WebSocketMessageType.Text, true, default);
            }
            catch (Exception gone) when (gone is WebSocketException or InvalidOperationException or OperationCanceledException or IOException) { }
            finally { writing.Release(); }
        }

        public async Task SendTextAsync(string text)
        {
            await writing.WaitAsync();
            try { await Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default); }
            finally { writing.Release(); }
        }

        public async Task CloseAsync(int code)
        {
            await writing.WaitAsync();
            try { await Socket.CloseOutputAsync((WebSocketCloseStatus)code, "told to", default); }
            catch (Exception gone) when (gone is WebSocketException or InvalidOperationException or OperationCanceledException or IOException) { }
            finally { writing.Release(); }
        }

        public async Task<JsonNode?> ReadAsync(CancellationToken cancellationToken)
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (true)
            {
                var part = await Socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage) return JsonNode.Parse(buffer.AsSpan(0, length));
            }
        }
    }
}
