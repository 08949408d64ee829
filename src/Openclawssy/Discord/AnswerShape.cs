using System.Text;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>An answer as the messages it takes: some, or the beginning and a file. Always at least one.</summary>
/// <param name="File">Goes with the last part.</param>
sealed record AnswerShape(IReadOnlyList<string> Parts, DiscordFile? File)
{
    /// <summary>Messages an answer may take; a longer one comes as a file.</summary>
    public const int MaxParts = 5;

    /// <summary>Stands where the file would, when the bot may not attach one.</summary>
    public const string NoFile = "The answer is too long to show here, and I may not attach files; ask for less, or let the operator allow it.";

    /// <summary>Largest file, in bytes; Discord takes ten million from everybody.</summary>
    const int MaxFile = 8_000_000;

    const int MaxLead = 1500;

    public static AnswerShape Of(string text)
    {
        var parts = MessageParts.Of(text);
        return parts.Count switch
        {
            0 => new(["Done. There is nothing to show."], null),
            <= MaxParts => new(parts, null),
            _ => new([MessageParts.Of(text, MaxLead)[0], "The whole answer is in the file."], new("answer.md", Encoding.UTF8.GetBytes(Truncation.Bytes(text, MaxFile)))),
        };
    }
}
