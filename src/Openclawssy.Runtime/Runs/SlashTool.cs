using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// A message that asks for one tool directly: <c>/tool NAME {json}</c>, the whole message and nothing else. Read strictly and
/// never repaired: what it says is what runs. Whose rights it has is decided elsewhere, by the way it came in.
/// </summary>
public abstract record SlashTool
{
    /// <summary>Longest tool name that is looked up, in characters.</summary>
    public const int MaxNameLength = 64;

    const string Word = "/tool";

    SlashTool() { }

    /// <param name="AskedName">The name as typed; the toolbox may know it under another.</param>
    /// <param name="InputJson">The exact text of the JSON object, <c>{}</c> when none was given.</param>
    public sealed record Request(string AskedName, string InputJson) : SlashTool;

    /// <summary>It begins like one and is none: it is neither run nor given to the model.</summary>
    /// <param name="AskedName">The tool it names, where that much can be read.</param>
    public sealed record Refused(string Reason, string? AskedName) : SlashTool;

    /// <summary>Null for an ordinary message, also for one where <c>/tool</c> does not stand at the very beginning.</summary>
    public static SlashTool? Parse(string message)
    {
        if (!message.StartsWith(Word, StringComparison.Ordinal)) return null;
        if (message.Length > Word.Length && !IsBlank(message[Word.Length])) return null;

        var rest = message.AsSpan(Word.Length).Trim(" \t\r\n");
        var end = rest.IndexOfAny(" \t\r\n");
        var name = end < 0 ? rest : rest[..end];
        var input = end < 0 ? [] : rest[end..].TrimStart(" \t\r\n");

        if (name.IsEmpty) return Refuse("it names no tool");
        if (name.Contains('{')) return Refuse("put a space between the tool's name and its input", name[..name.IndexOf('{')].ToString());
        if (name.Length > MaxNameLength) return Refuse($"a tool's name has at most {MaxNameLength} characters");
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return Refuse("a tool's name has only letters, digits, '.', '_' and '-'");
        if (input.IsEmpty) return new Request(name.ToString(), "{}");
        return CheckObject(input) is { } reason ? Refuse(reason, name.ToString()) : new Request(name.ToString(), input.ToString());
    }

    static string? CheckObject(ReadOnlySpan<char> input)
    {
        if (input[0] != '{') return "the input has to be one JSON object";
        try
        {
            var reader = new Utf8JsonReader(Strict.GetBytes(input.ToString()));
            while (reader.Read()) { }
            return null;
        }
        catch (JsonException error)
        {
            return $"the input is not one valid JSON object (character {error.BytePositionInLine + 1} of line {error.LineNumber + 1}, counted in bytes)";
        }
        catch (EncoderFallbackException)
        {
            return "the input is not valid Unicode";
        }
    }

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    static Refused Refuse(string reason, string? askedName = null) =>
        new($"this /tool message cannot run: {reason}. Write it as: /tool NAME {{\"field\": \"value\"}}", askedName);
}
