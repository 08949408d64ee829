using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>One message of the past as a model is told it. A tool's record is one message: the call and its result, never one of them.</summary>
/// <param name="Role">One of <see cref="SessionRoles"/>.</param>
/// <param name="Text">What was said, or the result of a tool in words.</param>
/// <param name="CallId">Of a tool: unlike that of every other message of the same replay.</param>
/// <param name="Tool">Of a tool: its name.</param>
/// <param name="Arguments">Of a tool: a JSON object as text.</param>
public sealed record ReplayedMessage(string Role, string Text, string? CallId = null, string? Tool = null, string? Arguments = null)
{
    /// <summary>What it counts against the limits: all its text, in UTF-16 units.</summary>
    public int Length => Text.Length + (CallId?.Length ?? 0) + (Tool?.Length ?? 0) + (Arguments?.Length ?? 0);
}

/// <summary>
/// How much of a conversation a model is told: the newest messages that fit, each within its own limit. The limits are the
/// earlier program's. The message being answered is not part of it.
/// </summary>
public static class SessionReplay
{
    /// <summary>Limits in UTF-16 units; a text is never cut inside a character.</summary>
    public const int MaxMessages = 200, MaxChars = 12_000, MaxMessageChars = 1_400, MaxSummary = 220, MaxError = 320, MaxOutput = 1_000;

    /// <summary>Longer arguments than this are left out; what they take, a tool's result has less.</summary>
    public const int MaxArguments = 320;

    const int MaxToolName = 64, MaxCallId = 128;

    /// <param name="messages">Oldest first, without the message being answered.</param>
    /// <returns>Oldest first.</returns>
    public static IReadOnlyList<ReplayedMessage> Select(IReadOnlyList<SessionMessage> messages)
    {
        var next = messages.Count;
        return SelectBackwards(() => next > 0 ? messages[--next] : null);
    }

    /// <param name="previous">The message before the last one it gave, from the newest on; null at the beginning. Not asked further than needed.</param>
    internal static IReadOnlyList<ReplayedMessage> SelectBackwards(Func<SessionMessage?> previous)
    {
        var selected = new List<ReplayedMessage>();
        var left = MaxChars;
        for (var looked = 0; looked < MaxMessages && previous() is { } message; looked++)
        {
            if (Told(message) is not { } told) continue;
            var length = told.CallId is { } id ? told.Length - id.Length + IdRoom(id) : told.Length;
            if (length > left) break;
            left -= length;
            selected.Add(told);
        }
        selected.Reverse();
        return WithIdsOfTheirOwn(selected);
    }

    static ReplayedMessage? Told(SessionMessage message)
    {
        var role = message.Role.Trim().ToLowerInvariant();
        if (role == SessionRoles.Tool) return Result(ToolMessage.Of(message));
        var text = Cut(message.Content, MaxMessageChars);
        // Nobody becomes the system by being written into a file: what is not the model's was said to it.
        return text.Length == 0 ? null : new(role == SessionRoles.Assistant ? role : SessionRoles.User, text);
    }

    static ReplayedMessage? Result(ToolMessage record)
    {
        var (summary, error, output) = (Cut(record.Summary, MaxSummary), Cut(record.Error, MaxError), Cut(record.Output, MaxOutput));
        if (summary.Length + error.Length + output.Length == 0) return null;
        var tool = WellFormed.Of(Truncation.OneLine(record.Tool, MaxToolName));
        var id = IsCallId(record.Id) ? record.Id : "";
        var text = new StringBuilder("tool ").Append(tool).Append(tool.Length > 0 ? " " : "").Append("result");
        if (id.Length > 0) text.Append(" (").Append(id).Append(')');
        if (summary.Length > 0) text.Append("\nsummary: ").Append(summary);
        if (error.Length > 0) text.Append("\nerror: ").Append(error);
        if (output.Length > 0) text.Append("\noutput: ").Append(output);
        var arguments = CallArguments.Within(record.Arguments, MaxArguments);
        // A name and an id are given to what has none, so their room is kept free.
        tool = tool.Length > 0 ? tool : "unknown";
        var room = MaxMessageChars - arguments.Length - tool.Length - IdRoom(id);
        return new(SessionRoles.Tool, Truncation.Chars(text.ToString(), room), id, tool, arguments);
    }

    // Servers number calls anew for each run, and refuse two of one id.
    static List<ReplayedMessage> WithIdsOfTheirOwn(List<ReplayedMessage> selected)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < selected.Count; i++)
        {
            if (selected[i].CallId is not { } id || (id.Length > 0 && taken.Add(id))) continue;
            var number = 1;
            string own;
            do own = string.Create(CultureInfo.InvariantCulture, $"past-{number++}"); while (!taken.Add(own));
            selected[i] = selected[i] with { CallId = own };
        }
        return selected;
    }

    static int IdRoom(string id) => Math.Max(id.Length, "past-200".Length);

    /// <summary>What every server takes as an id: visible ASCII.</summary>
    static bool IsCallId(string id) => id.Length is > 0 and <= MaxCallId && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    static string Cut(string text, int max) => WellFormed.Of(Truncation.Chars(text.Trim(), max));
}
