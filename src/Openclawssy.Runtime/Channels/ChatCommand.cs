namespace Openclawssy.Runtime.Channels;

/// <summary>A message that is meant for the desk and not for an agent.</summary>
/// <param name="Word">With its slash, exactly as typed.</param>
/// <param name="Rest">The words after it.</param>
readonly record struct ChatCommand(string Word, IReadOnlyList<string> Rest)
{
    /// <summary>Null for an ordinary message: one that does not begin with a slash word (a path is none), and <c>/tool</c>, which an agent gets with its own rights.</summary>
    public static ChatCommand? Parse(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words is [['/', _, ..] first, .. var rest] && first != "/tool" && first.AsSpan(1).IndexOfAnyExcept(letters) < 0 ? new(first, rest) : null;
    }

    static readonly System.Buffers.SearchValues<char> letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}
