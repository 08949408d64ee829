using Openclawssy.Runtime.Config;

namespace Openclawssy.Discord;

/// <summary>What a message says to the bot.</summary>
/// <param name="Text">Without prefix, mention and thinking word.</param>
/// <param name="Problem">What to answer instead of passing it on; null when nothing is wrong.</param>
readonly record struct IncomingText(string Text, ThinkingMode? Thinking, string? Problem)
{
    const string Ask = "/ask", ThinkingWord = "thinking=";

    /// <summary>Commands that a message in a server may begin with; any other slash is nobody's business there.</summary>
    static readonly string[] commands = [Ask, "/new", "/resume", "/chats", "/sessions", "/agents", "/agent", "/stop", "/help", "/tool"];

    /// <summary>Null when the message is not for the bot.</summary>
    /// <param name="prefix">What a message to the bot begins with; where it ends in a letter, no letter may follow.</param>
    /// <param name="bot">The bot's own id.</param>
    /// <param name="isMeant">It is for the bot whatever it says: a direct message, or an answer to one of the bot's.</param>
    public static IncomingText? Of(string content, string prefix, string bot, bool isMeant)
    {
        var text = content.Trim();
        foreach (var mention in (string[])[$"<@{bot}>", $"<@!{bot}>"])
        {
            if (bot.Length == 0 || !text.Contains(mention, StringComparison.Ordinal)) continue;
            text = text.Replace(mention, "", StringComparison.Ordinal).Trim();
            isMeant = true;
        }
        if (StartsWithWord(text, prefix))
        {
            text = text[prefix.Length..].Trim();
            isMeant = true;
        }
        isMeant |= commands.Any(command => StartsWithWord(text, command, StringComparison.OrdinalIgnoreCase));
        return isMeant ? Read(text) : null;
    }

    /// <summary>The same for a text that is for the bot.</summary>
    public static IncomingText Read(string text)
    {
        text = text.Trim();
        if (StartsWithWord(text, Ask, StringComparison.OrdinalIgnoreCase)) text = text[Ask.Length..].Trim();
        if (!text.StartsWith(ThinkingWord, StringComparison.OrdinalIgnoreCase)) return new(text, null, text.Length == 0 ? Empty : null);
        var end = text.AsSpan().IndexOfAny(" \t\r\n");
        var word = end < 0 ? text[ThinkingWord.Length..] : text[ThinkingWord.Length..end];
        text = end < 0 ? "" : text[end..].Trim();
        if (!ConfigWords.TryParse(word, out var mode)) return new(text, null, "thinking must be one of never, on_error, always");
        return new(text, mode, text.Length == 0 ? Empty : null);
    }

    const string Empty = "There is nothing to do in that message; write what is to be done, or /help.";

    static bool StartsWithWord(string text, string word, StringComparison comparison = StringComparison.Ordinal) =>
        word.Length > 0 && text.StartsWith(word, comparison) && (text.Length == word.Length || !IsWord(word[^1]) || !IsWord(text[word.Length]));

    static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
