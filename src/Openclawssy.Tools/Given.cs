using System.Globalization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools;

/// <summary>Ids as they come in and times as they go out, the same in every tool.</summary>
static class Given
{
    public static AgentId Agent(string text) => AgentId.TryParse(text, out var id) ? id : throw Refuse("agent_id", "is no agent id; use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit");

    public static AgentId? AgentOrNull(string? text) => text is null ? null : Agent(text);

    public static RunId Run(string text) => RunId.TryParse(text, out var id) ? id : throw Refuse("run_id", "is no run id; it begins with run_");

    public static SessionId Session(string text) => SessionId.TryParse(text, out var id) ? id : throw Refuse("session_id", "is no session id; session.list shows them");

    public static JobId Job(string text) => JobId.TryParse(text, out var id) ? id : throw Refuse("id", "is no job id; use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit");

    /// <summary>RFC 3339 in UTC, to the millisecond.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static ToolException Refuse(string field, string what) => ToolException.InvalidInput($"$.{field}: {what}", $"$.{field}");
}
