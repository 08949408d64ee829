using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Feed;

namespace Openclawssy.Discord;

/// <summary>How a run goes, as one short message: how long, how many tools, what the last one did. One writer, any number of readers.</summary>
sealed class ProgressNote(TimeProvider clock)
{
    const int MaxLatest = 200;

    readonly long began = clock.GetTimestamp();
    volatile string latest = "";
    int tools;

    /// <summary>Tools that are done.</summary>
    public int Tools => Volatile.Read(ref tools);

    public void See(FeedEvent happened)
    {
        if (happened.Type != FeedTypes.ToolEnd) return;
        using var json = JsonDocument.Parse(happened.Json);
        var (tool, summary) = (Json.Text(json.RootElement, "tool") ?? "", Json.Text(json.RootElement, "summary") ?? "");
        latest = AnswerText.OneLine(Json.Text(json.RootElement, "error_code") is { } code ? $"{tool}: {code}" : summary.Length > 0 ? $"{tool}: {summary}" : tool, MaxLatest);
        Interlocked.Increment(ref tools);
    }

    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"Working on it… {clock.GetElapsedTime(began).TotalSeconds:0} s, {Tools} {(Tools == 1 ? "tool" : "tools")} done.{(latest.Length > 0 ? $"\nLatest: {latest}" : "")}\nReact with {RunStops.Sign} or write /stop to stop.");
}
