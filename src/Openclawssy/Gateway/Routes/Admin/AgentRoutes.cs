using System.Security.Cryptography;
using System.Text;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/agents</c> and <c>/api/admin/agent/docs</c>: who there is, who answers where, and each one's documents.</summary>
sealed class AgentRoutes(GatewayRooms rooms)
{
    const string DefaultUser = "dashboard_user";

    // Another name of HANDOFF.md, kept for those who know it by that.
    const string Alias = "HEARTBEAT.md", AliasFor = "HANDOFF.md";

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/agents", "Lists agents, who answers in a place, and what holds for one of them.", ListAsync)
        {
            Gives = GatewayJson.Default.AgentList,
            Query = [new("channel", "The place's channel; dashboard when left out."), new("user_id", "The place's user."), new("room_id", "The place's room."), new("agent_id", "The agent that is looked at closer.")],
        },
        new("POST", "/api/admin/agents", "Chooses who answers in a place.", ChooseAsync) { Takes = GatewayJson.Default.AgentOrder, Gives = GatewayJson.Default.AgentList, Refusals = [404, 415] },
        new("POST", "/api/admin/agents/create", "Makes an agent with the starter rights and default documents.", CreateAsync) { Takes = GatewayJson.Default.AgentName, Gives = GatewayJson.Default.AgentCreated, Refusals = [415] },
        new("GET", "/api/admin/agent/docs", "Shows an agent's documents.", DocumentsAsync) { Gives = GatewayJson.Default.DocumentList, Refusals = [404], Query = [new("agent_id", "Which agent; default when left out.")] },
        new("POST", "/api/admin/agent/docs", "Replaces one of them.", WriteAsync) { Takes = GatewayJson.Default.DocumentOrder, Gives = GatewayJson.Default.DocumentStored, Refusals = [404, 409, 413, 415] },
    ];

    Task ListAsync(GatewayCall call) => AnswerAsync(call, PlaceOf(call.Text("channel"), call.Text("user_id"), call.Text("room_id")), call.Text("agent_id"));

    async Task ChooseAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.AgentOrder);
        var agent = Known(order.AgentId);
        var place = PlaceOf(order.Channel, order.UserId, order.RoomId);
        rooms.Record(call.Holder.Credential, "agent.chosen", ("agent_id", agent.ToString()), ("channel", place.Channel), ("user_id", place.User), ("room_id", place.Room));
        rooms.Sessions.Active.SetAgent(place, agent);
        await AnswerAsync(call, place, agent.ToString());
    }

    async Task CreateAsync(GatewayCall call)
    {
        var agent = GatewayCall.Agent((await call.BodyAsync(GatewayJson.Default.AgentName)).AgentId);
        var actor = call.Holder.Credential;
        var made = new AgentDesk(rooms.Installation.State.Path, rooms.Installation.Grants, rooms.Installation.ConfigStore, new(agent, $"operator {actor}", static _ => true),
            () => rooms.Record(actor, "agent.created", ("agent_id", agent.ToString()))).Create(agent, force: false);
        await call.AnswerAsync(new(true, agent.ToString(), made.Created), GatewayJson.Default.AgentCreated);
    }

    Task DocumentsAsync(GatewayCall call)
    {
        var agent = Known(call.Text("agent_id") ?? "default");
        var folder = new AgentFolder(rooms.Installation.State.Path, agent);
        var rows = AgentDocuments.Names.Append(Alias).Select(name =>
        {
            var resolved = name == Alias ? AliasFor : name;
            var content = AgentDocuments.ReadWhole(folder, resolved);
            return new DocumentRow(name, resolved, content is null ? "" : Encoding.UTF8.GetString(content), content is not null, Etag(content), name == Alias ? AliasFor : null);
        });
        return call.AnswerAsync(new(agent.ToString(), Names(), [.. rows]), GatewayJson.Default.DocumentList);
    }

    async Task WriteAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.DocumentOrder, AgentDocuments.MaxFileBytes + 64 * 1024);
        var agent = Known(order.AgentId);
        var name = order.Name.Trim().ToUpperInvariant();
        name = (name.EndsWith(".MD", StringComparison.Ordinal) ? name[..^3] : name) + ".md";
        var resolved = name == Alias ? AliasFor : name;
        if (!AgentDocuments.Names.Contains(resolved)) throw RequestRefused.InvalidInput($"unsupported document name: it is one of {string.Join(", ", AgentDocuments.Names)}, {Alias}");
        var content = Encoding.UTF8.GetBytes(order.Content);
        if (content.Length > AgentDocuments.MaxFileBytes) throw new RequestRefused(413, "request.too_large", $"a document has at most {AgentDocuments.MaxFileBytes} bytes");
        var folder = new AgentFolder(rooms.Installation.State.Path, agent);
        lock (writing)
        {
            if (order.Etag is { } seen && seen != Etag(AgentDocuments.ReadWhole(folder, resolved)))
                throw new RequestRefused(409, "document.changed", $"{resolved} was changed since it was shown; load it again, or write without etag to replace it");
            rooms.Record(call.Holder.Credential, "agent.document", ("agent_id", agent.ToString()), ("document", resolved), ("sha256", Convert.ToHexStringLower(SHA256.HashData(content))));
            AgentDocuments.Write(folder, resolved, content);
        }
        await call.AnswerAsync(new(true, agent.ToString(), name, resolved, content.Length, Etag(content), name == Alias ? AliasFor : null), GatewayJson.Default.DocumentStored);
    }

    // Two pages that save at once: the second one sees what the first one wrote.
    readonly Lock writing = new();

    Task AnswerAsync(GatewayCall call, SessionPlace place, string? asked)
    {
        var config = rooms.ConfigNow.Read() ?? rooms.Installation.Config;
        var active = rooms.Sessions.Active.Agent(place)?.ToString() ?? (place.Channel == ChannelNames.Discord ? config.Discord.DefaultAgentId : config.Chat.DefaultAgentId);
        var selected = asked is null ? active : GatewayCall.Agent(asked).ToString();
        var agent = GatewayCall.Agent(selected);
        var model = config.ModelFor(agent);
        var profile = config.Agents.Profiles.GetValueOrDefault(selected);
        var own = config.Agents.AllowAgentModelOverrides && profile is { Model: { } given } && (given.Provider.Length > 0 || given.Name.Length > 0);
        return call.AnswerAsync(new(
            active, selected, Names(),
            new(config.Agents.AllowAgentModelOverrides, config.Agents.AllowInterAgentMessaging, config.Agents.EnabledAgentIds, config.Agents.SelfImprovementEnabled), place.Channel, place.User, place.Room,
            new(selected, rooms.Installation.HasAgent(agent), config.IsEnabled(agent), own, model.Provider, model.Name, model.MaxTokens, profile?.SelfImprovement ?? false,
                own ? $"agents.profiles.{selected}.model" : "model")), GatewayJson.Default.AgentList);
    }

    static SessionPlace PlaceOf(string? channel, string? user, string? room)
    {
        var where = string.IsNullOrWhiteSpace(channel) ? ChannelNames.Dashboard : channel.Trim();
        return new(where, string.IsNullOrWhiteSpace(user) ? DefaultUser : user.Trim(), string.IsNullOrWhiteSpace(room) ? where : room.Trim());
    }

    AgentId Known(string text) => GatewayCall.Agent(text) is var agent && rooms.Installation.HasAgent(agent) ? agent : throw RequestRefused.NotFound("agent.not_found", $"there is no agent \"{agent}\" here");

    IReadOnlyList<string> Names() => [.. AgentFolder.Existing(rooms.Installation.State.Path).Select(agent => agent.ToString())];

    static string Etag(byte[]? content) => content is null ? "" : Convert.ToHexStringLower(SHA256.HashData(content))[..32];
}
