using System.Text.RegularExpressions;

namespace Openclawssy.Tests.Models;

/// <summary>What one writes first: each piece of a stream searched by itself, every tag a tag.</summary>
static partial class NaiveThinking
{
    public static (string Text, string Thinking) Split(IEnumerable<string> pieces)
    {
        var (text, thinking) = ("", "");
        foreach (var piece in pieces)
        {
            foreach (Match match in Tags().Matches(piece)) thinking += match.Groups[1].Value;
            text += Tags().Replace(piece, "");
        }
        return (text, thinking);
    }

    [GeneratedRegex("<think>(.*?)</think>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Tags();
}
