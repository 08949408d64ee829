using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sandboxes;

/// <summary>
/// Which commands may run: each entry is a program with the arguments it must begin with, compared part by part. A text is never
/// compared with a text, so quoting and blanks decide nothing. An empty list allows nothing.
/// </summary>
public sealed class CommandAllowList
{
    /// <summary>The entry that allows everything.</summary>
    public const string Everything = "*";

    readonly Func<string, string?> locate;
    readonly List<(string Program, string? Address, IReadOnlyList<string> Arguments)> entries = [];
    readonly bool isOpen;

    /// <param name="entries">As configured; each one was checked to be a command when the configuration was read.</param>
    /// <param name="locate">Where a program is, by name or address, or null; two spellings of one place are one program.</param>
    public CommandAllowList(IReadOnlyList<string> entries, Func<string, string?> locate)
    {
        this.locate = locate;
        foreach (var entry in entries)
            if (entry.Trim() == Everything) isOpen = true;
            else if (CommandWords.TrySplit(entry, out var words, out _)) this.entries.Add((words[0], locate(words[0]), words[1..]));
    }

    public bool Allows(string program, IReadOnlyList<string> arguments)
    {
        if (isOpen) return true;
        var address = locate(program);
        return entries.Exists(entry =>
            (entry.Address is null ? entry.Program == program && address is null : entry.Address == address)
            && entry.Arguments.Count <= arguments.Count && entry.Arguments.SequenceEqual(arguments.Take(entry.Arguments.Count), StringComparer.Ordinal));
    }

    /// <summary>The narrowest entry that would allow it, as JSON text.</summary>
    public static string LineFor(string program, IReadOnlyList<string> arguments)
    {
        var line = CommandWords.Join([program, .. arguments]);
        return line.Length > 200 ? $"\"{Escape(CommandWords.Join([program]))}\"" : $"\"{Escape(line)}\"";
    }

    static string Escape(string text) => System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}
