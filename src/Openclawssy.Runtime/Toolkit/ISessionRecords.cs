using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>The conversations a caller may see.</summary>
public interface ISessionRecords
{
    /// <summary>An agent's conversations, the one first that was written to last.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <exception cref="ToolException"><c>policy.denied</c>: they are another agent's.</exception>
    IReadOnlyList<SessionSummary> List(AgentId agent, SessionQuery query, int limit);
}

/// <summary>Which conversations are meant; null means any.</summary>
public sealed record SessionQuery(string? Channel, string? User, string? Room, bool IncludeClosed);

/// <param name="ClosedAt">Null while it is open.</param>
public sealed record SessionSummary(
    SessionId Id, AgentId Agent, string Channel, string User, string Room, string? Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? ClosedAt);
