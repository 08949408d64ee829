using System.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>
/// Where a key is: names joined by dots, a name that is not plain in brackets and quotes, as in
/// <c>providers.zai.prices["GLM-4.7"].input</c>.
/// </summary>
public sealed class ConfigPath
{
    const int MaxSegments = 16;

    ConfigPath(IReadOnlyList<string> segments) => Segments = segments;

    public IReadOnlyList<string> Segments { get; }

    public static ConfigPath Of(params IReadOnlyList<string> segments) =>
        segments.Count is > 0 and <= MaxSegments ? new(segments) : throw new FormatException("a configuration path has 1 to 16 names");

    /// <exception cref="FormatException">The text is no path; the message says how one looks.</exception>
    public static ConfigPath Parse(string text)
    {
        var segments = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '[')
            {
                if (i + 1 >= text.Length || text[i + 1] != '"') throw Refuse(text);
                var name = new StringBuilder();
                for (i += 2; i < text.Length && text[i] != '"'; i++)
                {
                    if (text[i] == '\\' && ++i == text.Length) throw Refuse(text);
                    name.Append(text[i]);
                }
                if (i + 1 >= text.Length || text[i + 1] != ']' || name.Length == 0) throw Refuse(text);
                segments.Add(name.ToString());
                i += 2;
            }
            else
            {
                if (segments.Count > 0 && text[i++] != '.') throw Refuse(text);
                var start = i;
                while (i < text.Length && IsPlain(text[i])) i++;
                if (i == start) throw Refuse(text);
                segments.Add(text[start..i]);
            }
        }
        return segments.Count is > 0 and <= MaxSegments ? new(segments) : throw Refuse(text);
    }

    public override string ToString() => Segments.Aggregate("", Join);

    internal static string Join(string path, string name)
    {
        if (name.Length > 0 && name.All(IsPlain)) return path.Length == 0 ? name : $"{path}.{name}";
        var escaped = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"{path}[\"{escaped}\"]";
    }

    static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    static FormatException Refuse(string text) => new(
        $"{Shown.Text(text)} is no configuration path: join names by dots and put a name with other characters in brackets, as in model.name or providers.zai.prices[\"GLM-4.7\"].input");
}
