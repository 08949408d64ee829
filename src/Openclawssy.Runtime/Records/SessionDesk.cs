using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Lists and closes conversations for one viewer.</summary>
/// <param name="permitted">Called before the effect; throws when the viewer's permission is gone.</param>
public sealed class SessionDesk(SessionStore store, Viewer viewer, Action permitted) : ISessionRecords, ISessionControl
{
    public IReadOnlyList<SessionSummary> List(AgentId agent, SessionQuery query, int limit)
    {
        viewer.DemandSight(agent, "the conversations");
        var page = store.List(agent, new(query.Channel, query.User, query.Room, query.IncludeClosed ? null : false), limit, 0);
        return [.. page.Sessions.Select(found => new SessionSummary(
            found.Id, found.Agent, found.Place.Channel, found.Place.User, found.Place.Room, found.Title, found.CreatedAt, found.UpdatedAt, found.ClosedAt))];
    }

    public CloseAnswer? Close(SessionId session)
    {
        try
        {
            if (store.Find(viewer.SeesAll ? null : viewer.Agent, session) is not { } found) return null;
            if (found.ClosedAt is { } before) return new(before, Already: true);
            permitted();
            return new(store.Close(found.Agent, session).ClosedAt!.Value, Already: false);
        }
        catch (SessionException problem) { throw ToolException.Failed(problem.Message, inner: problem); }
    }
}
