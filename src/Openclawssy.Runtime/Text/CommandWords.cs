using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Openclawssy.Runtime.Text;

/// <summary>A command written on one line: words between blanks, with '…' or "…" around what holds blanks itself. Nothing is expanded.</summary>
public static class CommandWords
{
    /// <summary>Splits a line that has at least one word.</summary>
    public static bool TrySplit(string line, out List<string> words, [NotNullWhen(false)] out string? problem)
    {
        words = [];
        StringBuilder? word = null;
        var quote = '\0';
        foreach (var c in line)
        {
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else word!.Append(c);
            }
            else if (c is '\'' or '"')
            {
                word ??= new();
                quote = c;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else (word ??= new()).Append(c);
        }
        if (word is not null) words.Add(word.ToString());
        problem = quote != '\0' ? $"has a {quote} that is not closed" : words.Count == 0 || words[0].Length == 0 ? "names no program" : line.Contains('\0') ? "holds a NUL character" : null;
        return problem is null;
    }

    /// <summary>The line <see cref="TrySplit"/> reads back as the same words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));

    static string Quoted(string word)
    {
        if (word.Length > 0 && !word.Any(c => char.IsWhiteSpace(c) || c is '\'' or '"')) return word;
        // A quoted part ends at its own mark, so a word with both marks is written in parts that touch.
        return string.Concat(Parts(word));
    }

    static IEnumerable<string> Parts(string word)
    {
        if (word.Length == 0) yield return "''";
        for (var at = 0; at < word.Length;)
        {
            var mark = word[at] == '\'' ? '"' : '\'';
            var end = word.IndexOf(mark, at);
            if (end < 0) end = word.Length;
            yield return $"{mark}{word[at..end]}{mark}";
            at = end;
        }
    }
}
