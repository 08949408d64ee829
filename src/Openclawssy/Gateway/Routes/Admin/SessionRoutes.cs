using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/chat/sessions</c>: conversations of every agent and channel, and what was said in them.</summary>
sealed class SessionRoutes(GatewayRooms rooms)
{
    const int NormalPage = 50, NormalMessages = 200;

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/chat/sessions", "Lists conversations, the one first that was written to last.", ListAsync)
        {
            Gives = GatewayJson.Default.SessionList,
            Query =
            [
                new("agent_id", "Only this agent's."), new("channel", "Only those of this channel."), new("user_id", "Only those with this user."), new("room_id", "Only those in this room."),
                new("limit", "1 to 200; 50 when left out.", "integer"), new("offset", "Leave out this many first.", "integer"),
            ],
        },
        new("GET", "/api/admin/chat/sessions/{id}/messages", "Shows the last messages of a conversation, oldest first.", MessagesAsync)
        {
            Gives = GatewayJson.Default.MessageList, Refusals = [404], Query = [new("limit", "1 to 200; 200 when left out.", "integer")],
        },
        new("POST", "/api/admin/chat/sessions/{id}/close", "Closes a conversation for good.", CloseAsync) { Gives = GatewayJson.Default.SessionClosed, Refusals = [404] },
    ];

    Task ListAsync(GatewayCall call)
    {
        var (limit, offset) = (call.Number("limit", NormalPage, 1, SessionStore.MaxListed), call.Number("offset", 0, 0, 10_000));
        var filter = new SessionFilter(call.Text("channel"), call.Text("user_id"), call.Text("room_id"));
        IReadOnlyList<AgentId> agents = call.Text("agent_id") is { } text ? [GatewayCall.Agent(text)] : AgentFolder.Existing(rooms.Installation.State.Path);
        // One more than the page tells whether there is another one.
        var page = agents.SelectMany(agent => Newest(agent, filter, offset + limit + 1))
            .OrderByDescending(session => session.UpdatedAt).ThenByDescending(session => session.CreatedAt).Skip(offset).Take(limit + 1).ToList();
        return call.AnswerAsync(new(limit, offset, page.Count > limit, [.. page.Take(limit).Select(Row)]), GatewayJson.Default.SessionList);
    }

    IEnumerable<Session> Newest(AgentId agent, SessionFilter filter, int count)
    {
        for (var from = 0; from < count; from += SessionStore.MaxListed)
        {
            var page = rooms.Sessions.List(agent, filter, SessionStore.MaxListed, from).Sessions;
            foreach (var session in page) yield return session;
            if (page.Count < SessionStore.MaxListed) yield break;
        }
    }

    Task MessagesAsync(GatewayCall call)
    {
        var session = Find(call);
        var history = rooms.Sessions.ReadRecent(session.Agent, session.Id, call.Number("limit", NormalMessages, 1, SessionStore.MaxRecent));
        var messages = history.Messages.Select(said => new MessageRow(said.Role, said.Content, said.Ts, said.RunId, said.ToolCallId, said.ToolName));
        return call.AnswerAsync(
            new(session.Id.ToString(), session.Agent.ToString(), session.Place.Channel, session.Place.User, session.Place.Room, [.. messages], session.ClosedAt), GatewayJson.Default.MessageList);
    }

    Task CloseAsync(GatewayCall call)
    {
        var session = Find(call);
        var actor = call.Holder.Credential;
        var viewer = new Viewer(session.Agent, $"operator {actor}", static _ => true);
        var closed = new SessionDesk(rooms.Sessions, viewer, () => rooms.Record(actor, "session.close", ("session_id", session.Id.ToString()))).Close(session.Id) ?? throw SessionNotFound(session.Id);
        return call.AnswerAsync(new(session.Id.ToString(), closed.ClosedAt, closed.Already), GatewayJson.Default.SessionClosed);
    }

    Session Find(GatewayCall call) => call.Session() is var id && rooms.Sessions.Find(null, id) is { } session ? session : throw SessionNotFound(id);

    static RequestRefused SessionNotFound(SessionId id) => RequestRefused.NotFound(SessionErrorCodes.NotFound, $"there is no session {id}");

    static SessionRow Row(Session session) => new(
        session.Id.ToString(), session.Agent.ToString(), session.Place.Channel, session.Place.User, session.Place.Room, session.CreatedAt, session.UpdatedAt, session.Title, session.ClosedAt);
}
