using System.Text.Json;
using System.Text.RegularExpressions;

namespace Openclawssy.Tests.Models;

/// <summary>What one writes first: fences by a pattern, from the opening back-ticks to the next ones.</summary>
static partial class NaiveSpokenReader
{
    public static IReadOnlyList<(string Name, string Arguments)> Calls(string answer)
    {
        var calls = new List<(string, string)>();
        foreach (Match fence in Fences().Matches(answer))
        {
            try
            {
                using var document = JsonDocument.Parse(fence.Groups[1].Value);
                calls.Add((document.RootElement.GetProperty("tool_name").GetString()!, document.RootElement.GetProperty("arguments").GetRawText()));
            }
            catch (JsonException)
            {
            }
        }
        return calls;
    }

    [GeneratedRegex(@"```(?:json|tool)\s*(.*?)```", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
