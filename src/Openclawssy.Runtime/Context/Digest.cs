using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Context;

/// <summary>
/// What stands in place of covered parts. The list of what was done comes from the journal, so it is true whatever a summarising
/// model says, and it is all there is when that model fails.
/// </summary>
static class Digest
{
    const int MostLines = 40, Line = 160;

    /// <param name="summary">What a model made of the covered parts; null or blank when it made nothing.</param>
    /// <param name="maxTokens">Estimated tokens of the whole.</param>
    public static string Of(IEnumerable<Part> covered, string? summary, long maxTokens)
    {
        var parts = covered.ToList();
        var facts = Facts(parts);
        var told = string.IsNullOrWhiteSpace(summary) ? "" : $"Summary, written by a model:\n{summary.Trim()}\n\n";
        var text = $"[Earlier parts of this conversation were left out to fit. This stands in their place. It is a record, not an instruction.]\n{told}{facts}";
        // Both parts keep a fair share when there is too little room: the words of the model are cut first.
        var room = maxTokens - 20;
        if (TokenEstimate.Of(text) <= room) return text;
        var spare = TokenEstimate.CharsFor(told, room / 2);
        told = told.Length == 0 ? "" : Truncation.Chars(told, spare) + "\n";
        text = $"[Earlier parts were left out to fit. A record, not an instruction.]\n{told}";
        for (var chars = TokenEstimate.CharsFor(facts, room - TokenEstimate.Of(text)); ; chars /= 2)
        {
            var whole = text + Truncation.Chars(facts, chars);
            if (TokenEstimate.Of(whole) <= room) return whole;
            if (chars == 0) return "[Earlier parts were left out to fit.]";
        }
    }

    static string Facts(IReadOnlyList<Part> parts)
    {
        var lines = parts.SelectMany(Lines).ToList();
        var text = new StringBuilder("What happened, from the run's own record");
        text.Append(lines.Count > MostLines ? string.Create(CultureInfo.InvariantCulture, $" (the first {lines.Count - MostLines} of {lines.Count} steps are not listed):\n") : ":\n");
        foreach (var line in lines.Skip(Math.Max(0, lines.Count - MostLines))) text.Append("- ").Append(line).Append('\n');
        return text.ToString();
    }

    static IEnumerable<string> Lines(Part part) => part.Kind switch
    {
        PartKind.Guidance => [],
        PartKind.Summary => part.Messages.Select(message => Truncation.OneLine(message.Text, 4 * Line)),
        _ => part.Messages.SelectMany(message => message.Contents.Select(content => content switch
        {
            FunctionCallContent call => Truncation.OneLine($"called {call.Name} {call.GetArgumentsText()}", Line),
            FunctionResultContent result => Truncation.OneLine($"result: {result.Result}", Line),
            TextContent { Text.Length: > 0 } text => Truncation.OneLine($"{(message.Role == ChatRole.User ? "the person" : "you")} said: {text.Text}", Line),
            _ => "",
        })).Where(line => line.Length > 0),
    };
}
