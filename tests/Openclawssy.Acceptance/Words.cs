using System.Text;

namespace Openclawssy.Acceptance;

/// <summary>Splits a line as a shell would: <c>'as it stands'</c>, <c>"with \n \t \" \\ escapes"</c>, and bare words.</summary>
static class Words
{
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or '\t') at++;
            if (at == line.Length) return words;
            words.Add(One(line, ref at));
        }
    }

    /// <summary>A rest of a line: taken as it stands, unless all of it is one quoted word.</summary>
    public static string Text(string rest)
    {
        if (rest is not ['\'' or '"', ..]) return rest;
        var at = 0;
        var word = One(rest, ref at);
        return at == rest.Length ? word : rest;
    }

    static string One(string line, ref int at)
    {
        var word = new StringBuilder();
        while (at < line.Length && line[at] is not (' ' or '\t'))
        {
            if (line[at] == '\'')
            {
                var end = line.IndexOf('\'', at + 1);
                if (end < 0) throw new FormatException($"a single quote is not closed: {line}");
                word.Append(line, at + 1, end - at - 1);
                at = end + 1;
            }
            else if (line[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (at == line.Length) throw new FormatException($"a double quote is not closed: {line}");
                    if (line[at] == '"') { at++; break; }
                    if (line[at] == '\\' && at + 1 < line.Length) word.Append(line[++at] switch { 'n' => '\n', 't' => '\t', var other => other });
                    else word.Append(line[at]);
                }
            }
            else word.Append(line[at++]);
        }
        return word.ToString();
    }
}
