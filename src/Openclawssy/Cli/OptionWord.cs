namespace Openclawssy.Cli;

/// <summary>A word that looks like an option: one or two dashes, a letter, then letters, digits, <c>-</c> or <c>_</c>, perhaps <c>=value</c>.</summary>
readonly record struct OptionWord(string Name, string? Value)
{
    /// <summary>False for what a person may well mean as text: <c>-</c>, <c>-5</c>, <c>- list</c>, <c>--- rule</c>, <c>-dash then words</c>.</summary>
    public static bool TryRead(string word, out OptionWord option)
    {
        option = default;
        if (!word.StartsWith('-')) return false;
        var start = word.StartsWith("--", StringComparison.Ordinal) ? 2 : 1;
        if (start == word.Length || !char.IsAsciiLetter(word[start])) return false;
        var end = start;
        while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] is '-' or '_')) end++;
        if (end < word.Length && word[end] != '=') return false;
        option = new(word[start..end], end < word.Length ? word[(end + 1)..] : null);
        return true;
    }

    /// <summary>The name as help writes it.</summary>
    public static string Spell(string name) => name.Length == 1 ? $"-{name}" : $"--{name}";
}
