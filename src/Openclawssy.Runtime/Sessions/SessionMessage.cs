namespace Openclawssy.Runtime.Sessions;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">One of <see cref="SessionRoles"/>; a file of another program may hold something else.</param>
/// <param name="Content">What was said; of a tool, the JSON that <see cref="ToolMessage"/> writes.</param>
/// <param name="Ts">When; the default value means now when it is appended, and that the line does not say when it is read.</param>
public sealed record SessionMessage(string Role, string Content, DateTimeOffset Ts = default, string? RunId = null, string? ToolCallId = null, string? ToolName = null);

/// <summary>Who speaks. There is no <c>system</c>: what the system says is assembled anew for each run and never comes out of a conversation.</summary>
public static class SessionRoles
{
    public const string User = "user";
    public const string Assistant = "assistant";
    public const string Tool = "tool";
}
