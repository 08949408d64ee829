using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>What the runtime itself says: to the model between turns, and to a person when the model is stuck.</summary>
static class Guidance
{
    /// <summary>Failures a person is shown, the newest; and characters of a call's input, its error and its output.</summary>
    public const int FailuresShown = 6, InputChars = 220, ErrorChars = 420, OutputChars = 700;

    public const string NeedsInput = "several calls failed in a row, also after a change of approach; the run needs your guidance";

    public static (string Kind, string Text) Recovery { get; } = ("recovery", """
        [runtime] Recovery: the last calls failed. Before the next call, read the errors above and find out why they happened.
        Take a materially different approach: another tool, other input, or a smaller step that shows what is wrong. Do not repeat a call that failed unless you changed what made it fail.
        If only a person can help (a missing right, a missing file, a choice), stop calling tools and say exactly what you need.
        """);

    public static (string Kind, string Text) EmptyAnswer { get; } = ("empty_answer",
        "[runtime] Your last answer was empty. Call a tool if there is something left to do; otherwise write the answer for the person now.");

    public static (string Kind, string Text) LastAnswer(string reason) => ("final_answer", $"""
        [runtime] {(reason == RunReasons.NoProgress ? "The last calls brought nothing new" : "The limit of tool rounds of this run is reached")}, so no more tools can be called in this run.
        Answer the person now, from the results above. Say plainly what was done, what failed and why, and what the next step would be. Do not claim anything the results do not show.
        """);

    public static string WhyEnded(string reason, int maxIterations) => reason == RunReasons.NoProgress
        ? "the run made no progress any more"
        : string.Create(CultureInfo.InvariantCulture, $"the model still wanted tools after {maxIterations} turns");

    /// <summary>What was tried and what failed, numbered, for the person who has to decide.</summary>
    public static string ForPerson(Story story)
    {
        var failed = story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().Where(result => result.Error is not null).TakeLast(FailuresShown).ToList();
        var requests = story.Entries.Select(entry => entry.Event).OfType<ToolRequested>().ToDictionary(request => request.CallId, StringComparer.Ordinal);
        var text = new StringBuilder("I need your guidance before I continue.\n");
        if (story.First<RunCreated>() is { } created) text.Append(CultureInfo.InvariantCulture, $"\nGoal: {Truncation.OneLine(created.Message, InputChars)}\n");
        text.Append("\nWhat I tried and what failed:\n");
        for (var i = 0; i < failed.Count; i++)
        {
            var (result, error) = (failed[i], failed[i].Error!);
            var input = requests.TryGetValue(result.CallId, out var request) ? story.InputOf(request) : "{}";
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {result.Tool} {Truncation.OneLine(input, InputChars)}\n");
            text.Append(CultureInfo.InvariantCulture, $"   error: {Truncation.OneLine($"{error.Code}: {error.Message}", ErrorChars)}\n");
            if (result.Output is { Length: > 0 } output) text.Append(CultureInfo.InvariantCulture, $"   output: {Truncation.OneLine(output, OutputChars)}\n");
        }
        if (story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().LastOrDefault(result => result.Error is null) is { Summary: { Length: > 0 } summary } worked)
            text.Append(CultureInfo.InvariantCulture, $"\nWhat worked last: {worked.Tool}: {Truncation.OneLine(summary, InputChars)}\n");
        return text.Append("\nTell me how to go on: another way, a correction, or a right that is missing.\n").ToString();
    }
}
