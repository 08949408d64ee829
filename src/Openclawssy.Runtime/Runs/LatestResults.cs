using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>The last few tool results as text: what a run that could not answer still has to show.</summary>
static class LatestResults
{
    public const int Count = 5;
    public const int MaxOutputChars = 1200;

    public static string Of(Story story)
    {
        var results = story.Entries.Select(entry => entry.Event).OfType<ToolAnswered>().ToList();
        if (results.Count == 0) return "No tool was run.";
        var text = new StringBuilder("Latest tool results:\n");
        for (var i = Math.Max(0, results.Count - Count); i < results.Count; i++)
        {
            var result = results[i];
            var body = result.Error is { } error ? $"{error.Code}: {error.Message}" : Truncation.Chars(story.OutputOf(result), MaxOutputChars);
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {result.Tool}: {body}\n");
        }
        return text.ToString();
    }
}
