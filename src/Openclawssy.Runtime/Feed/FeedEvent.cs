using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Feed;

/// <summary>One event of a run as the world outside may see it: redacted, named as on the wire.</summary>
/// <param name="Id">The number of the journal event it comes from. Rises within a run, has gaps, and is the same at every replay.</param>
/// <param name="Type">One of <see cref="FeedTypes"/>.</param>
/// <param name="Json">The data, one JSON object on one line.</param>
public sealed record FeedEvent(long Id, string Type, string RunId, DateTimeOffset Ts, string Json)
{
    /// <summary>Nothing follows it.</summary>
    public bool IsTerminal => Type is FeedTypes.Completed or FeedTypes.Failed;

    /// <summary>The event with its id, type, run and time around its data: one JSON object on one line.</summary>
    public string ToJson()
    {
        using var line = new LineFields();
        line.Json.WriteStartObject();
        line.Json.WriteNumber("id", Id);
        line.Json.WriteString("type", Type);
        line.Json.WriteString("run_id", RunId);
        line.Json.WriteString("ts", Ts);
        line.Json.WritePropertyName("data");
        line.Json.WriteRawValue(Json, skipInputValidation: true);
        line.Json.WriteEndObject();
        return Encoding.UTF8.GetString(line.Finish());
    }
}

/// <summary>The names of events on the wire. A reader steps over those it does not know.</summary>
public static class FeedTypes
{
    /// <summary><c>{status: queued | running, …}</c></summary>
    public const string Status = "status";

    /// <summary><c>{turn, text, partial: true}</c>: more of the text of a turn. <c>{turn, text, rest, partial: false}</c>: all of it, and what no partial event brought.</summary>
    public const string ModelText = "model_text";

    /// <summary>An attempt of a turn came to nothing; its text does not count.</summary>
    public const string ModelFailed = "model_failed";

    /// <summary><c>{tool, tool_call_id}</c></summary>
    public const string ToolStart = "tool_start";

    /// <summary><c>{tool, tool_call_id, summary, error, error_code, duration_ms}</c></summary>
    public const string ToolEnd = "tool_end";

    /// <summary>The run ended with an answer.</summary>
    public const string Completed = "completed";

    /// <summary>The run ended otherwise; <c>status</c> says how: <c>failed</c>, <c>cancelled</c>, <c>timed_out</c> or <c>needs_input</c>.</summary>
    public const string Failed = "failed";
}
