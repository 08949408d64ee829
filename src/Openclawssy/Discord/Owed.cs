using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>What an answer is for.</summary>
enum OwedFor
{
    /// <summary>A message; the answer refers to it.</summary>
    Message,

    /// <summary>A slash command; it has a reply of its own, which becomes the answer.</summary>
    Command,

    /// <summary>A job's run: nobody waits for it.</summary>
    Job,
}

/// <summary>An answer that is owed: what was taken in, and how far its answer got.</summary>
/// <param name="Id">The message's, the command's, or what was made of the job's run. Nonces are made of it, so it has at most 20 characters.</param>
/// <param name="Run">The run that answers, named before it begins; null where none does.</param>
/// <param name="Text">The answer, where no run makes it.</param>
/// <param name="Progress">The message that shows how it goes, and becomes the answer.</param>
/// <param name="Sent">Parts of the answer that are there.</param>
sealed record Owed(string Id, string Channel, string User, OwedFor For, RunId? Run = null, ThinkingMode? Thinking = null, string? Text = null, string? Progress = null, int Sent = 0)
{
    /// <summary>A command's own way back, as long as this process remembers it. It is not written down: it is good for some minutes only.</summary>
    public CommandReply? Reply { get; init; }

    /// <summary>A change of the progress message was lost sight of, and may still happen. As long as this process remembers it; it is a matter of seconds.</summary>
    public bool Strays { get; init; }
}

/// <summary>A slash command's own way back: it is open to the bot also where it may not speak, for fifteen minutes.</summary>
/// <param name="Application">Whose command it was.</param>
/// <param name="Token">Allows this one answer.</param>
/// <param name="Until">When not to try any more.</param>
/// <param name="Message">The reply that is there; null before.</param>
sealed record CommandReply(string Application, string Token, DateTimeOffset Until, string? Message = null)
{
    /// <summary>Longest token, in characters. Discord's have some two hundred.</summary>
    public const int MaxToken = 2000;

    /// <summary>A little less than Discord gives.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(14);
}
