using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Sessions;

/// <summary>Lists an agent's conversations, the last used first.</summary>
public sealed class SessionList() : Tool<SessionList.Input, SessionList.Output>(SessionListJson.Default)
{
    public sealed record Input(
        [property: Description("Whose conversations; your own when left out. Another agent's need policy.admin.")] string? AgentId = null,
        [property: Description("Only those with this user.")] string? UserId = null,
        [property: Description("Only those in this room.")] string? RoomId = null,
        [property: Description("Only those on this channel, for example cli.")] string? Channel = null,
        [property: Description("Show at most this many."), Bounds(1, 200)] int Limit = 50,
        [property: Description("Show closed ones too.")] bool IncludeClosed = false);

    /// <summary>One conversation.</summary>
    public sealed record View(
        [property: Description("The conversation's id.")] string SessionId,
        [property: Description("Whose it is.")] string AgentId,
        [property: Description("The way it came in.")] string Channel,
        [property: Description("Who speaks, as the channel names them.")] string UserId,
        [property: Description("Where, as the channel names it.")] string RoomId,
        [property: Description("Its title, if it has one.")] string? Title,
        [property: Description("When it was begun, UTC.")] string CreatedAt,
        [property: Description("When its last message was said, UTC.")] string UpdatedAt,
        [property: Description("When it was closed, UTC; left out while it is open.")] string? ClosedAt);

    public sealed record Output(
        [property: Description("Whose they are.")] string AgentId,
        [property: Description("As given.")] string? UserId,
        [property: Description("As given.")] string? RoomId,
        [property: Description("As given.")] string? Channel,
        [property: Description("As given.")] bool IncludeClosed,
        [property: Description("How many are shown.")] int Count,
        [property: Description("The last used first.")] IReadOnlyList<View> Sessions);

    public override string Name => "session.list";
    public override string Description => "List an agent's conversations, the last used first.";
    public override Reach Reach => Reach.Records;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var agent = Given.AgentOrNull(input.AgentId) ?? scope.Agent;
        var sessions = scope.Sessions.List(agent, new(input.Channel, input.UserId, input.RoomId, input.IncludeClosed), input.Limit);
        return Task.FromResult(new Answer<Output>(
            new(agent.ToString(), input.UserId, input.RoomId, input.Channel, input.IncludeClosed, sessions.Count, [.. sessions.Select(ViewOf)]), $"listed {sessions.Count} conversations of {agent}"));
    }

    static View ViewOf(SessionSummary session) => new(
        session.Id.ToString(), session.Agent.ToString(), session.Channel, session.User, session.Room, session.Title, Given.Time(session.CreatedAt), Given.Time(session.UpdatedAt),
        session.ClosedAt is { } closed ? Given.Time(closed) : null);
}

[JsonSerializable(typeof(SessionList.Input))]
[JsonSerializable(typeof(SessionList.Output))]
sealed partial class SessionListJson : JsonSerializerContext;
