using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Sessions;

/// <summary>Closes a conversation for good.</summary>
public sealed class SessionClose() : Tool<SessionClose.Input, SessionClose.Output>(SessionCloseJson.Default)
{
    public sealed record Input([property: Description("The conversation's id.")] string SessionId);

    public sealed record Output(
        [property: Description("As given.")] string SessionId,
        [property: Description("False when there is no such conversation, or it is another agent's.")] bool Found,
        [property: Description("True when this call closed it.")] bool Closed,
        [property: Description("True when it was closed before.")] bool? AlreadyClosed,
        [property: Description("When it was closed, UTC.")] string? ClosedAt);

    public override string Name => "session.close";
    public override string Description => "Close a conversation for good; it takes no more messages. Its messages stay.";
    public override Reach Reach => Reach.SessionControl;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var id = Given.Session(input.SessionId);
        return Task.FromResult(scope.SessionControl.Close(id) switch
        {
            null => new Answer<Output>(new(input.SessionId, false, false, null, null), $"there is no conversation {id}"),
            { Already: true } before => new(new(input.SessionId, true, false, true, Given.Time(before.ClosedAt)), $"{id} was closed before"),
            { } now => new(new(input.SessionId, true, true, null, Given.Time(now.ClosedAt)), $"closed {id}"),
        });
    }
}

[JsonSerializable(typeof(SessionClose.Input))]
[JsonSerializable(typeof(SessionClose.Output))]
sealed partial class SessionCloseJson : JsonSerializerContext;
