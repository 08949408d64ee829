using System.Text.Json;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>What a person is told of a run's end: its answer, or in plain words that there is none. Never a path of this machine, never an inner error.</summary>
static partial class AnswerText
{
    const int MaxThinking = 1000;

    /// <summary>A restart came between the message and its run, or took the run's record.</summary>
    public const string Interrupted = "I was interrupted by a restart before this was finished. Send it again if you still need it.";

    public const string NotKept = "I cannot show how this ended: its record could not be kept. The operator's log has the detail.";
    public const string NotTakenIn = "I could not take this in: my own records cannot be written right now. Send it again later.";
    public const string Failed = "Something failed inside; the operator's log has the detail.";

    public static string Of(FeedEvent end)
    {
        using var json = JsonDocument.Parse(end.Json);
        var data = json.RootElement;
        var output = (Json.Text(data, "output") ?? "").Trim();
        var text = Json.Text(data, "status") switch
        {
            RunStates.Completed => output.Length > 0 ? output : "Done. There is nothing to show.",
            RunStates.NeedsInput => output.Length > 0 ? output : "I need a decision from you before I can go on.",
            // What there is of an answer then is what tools said last, errors and paths among it: that is for the operator.
            RunStates.Cancelled => "Stopped.",
            RunStates.TimedOut => "I ran out of time. Ask for less, or in smaller steps.",
            _ when Json.Text(data, "reason") == RunReasons.Interrupted => Interrupted,
            _ => $"I could not finish this{(Reason(data) is { } code ? $" ({code})" : "")}. Ask again, or ask for less; the operator can see what stood in the way.",
        };
        return Json.Text(data, "thinking") is { Length: > 0 } thinking ? $"{text}\n\n> {Truncation.OneLine(thinking, MaxThinking)}" : text;
    }

    // Codes are a closed set of plain words; anything else is not repeated.
    static string? Reason(JsonElement data) => Json.Text(data, "reason") is { } reason && Code().IsMatch(reason) ? reason : null;

    /// <summary>One line about what a tool did, without the paths of this machine.</summary>
    public static string OneLine(string text, int max) => Truncation.OneLine(AbsolutePath().Replace(text, "[path]"), max).Replace('`', '\'');

    [GeneratedRegex(@"^[a-z][a-z_.]{0,60}$")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<![\w.:/])(?:/[\w.@+~-]+)+/?")]
    private static partial Regex AbsolutePath();
}
