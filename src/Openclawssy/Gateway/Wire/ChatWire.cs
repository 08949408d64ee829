namespace Openclawssy.Gateway.Wire;

/// <summary>What somebody writes to an agent. User and room are labels: a filter and the place of the conversation, never authority.</summary>
/// <param name="UserId">Who writes; must be on the allowlist.</param>
/// <param name="RoomId">Where; <c>dashboard</c> when left out.</param>
/// <param name="AgentId">Which agent; left out, the conversation's, else the one chosen for this place.</param>
/// <param name="ThinkingMode"><c>never</c>, <c>on_error</c> or <c>always</c>; left out, as configured.</param>
/// <param name="SessionId">Which conversation of this user and room; left out, the one last begun with <c>/new</c> or chosen with <c>/resume</c>. Naming one does not choose it.</param>
sealed record ChatMessage(string UserId, string Message, string? RoomId = null, string? AgentId = null, string? ThinkingMode = null, string? SessionId = null);

/// <param name="Id">The run, when one was queued.</param>
/// <param name="Status"><c>queued</c>, when one was.</param>
/// <param name="Response">What to show: a command's answer, or that it is being worked on.</param>
/// <param name="SessionId">The conversation it belongs to.</param>
sealed record ChatReply(string Response, string? Id = null, string? Status = null, string? SessionId = null, string? AgentId = null);
