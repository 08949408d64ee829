using System.Text;
using System.Text.Json;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Gateway;

/// <summary>Requests of published suites as bytes.</summary>
static class RawCases
{
    /// <summary>The suite of llhttp: one case in each fenced block.</summary>
    public static IReadOnlyList<(string Name, string Text)> Llhttp(string folder)
    {
        List<(string, string)> cases = [];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, "llhttp", "test"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            StringBuilder? block = null;
            foreach (var line in File.ReadAllText(path, Encoding.Latin1).Split('\n'))
            {
                if (block is null)
                {
                    if (line.StartsWith("```http", StringComparison.Ordinal)) block = new();
                }
                else if (line.StartsWith("```", StringComparison.Ordinal))
                {
                    cases.Add(($"{Path.GetFileNameWithoutExtension(path)} {cases.Count}", Told(block.ToString())));
                    block = null;
                }
                else block.Append(line).Append('\n');
            }
        }
        return cases;
    }

    // How the suite writes bytes: lines end as the protocol says, a backslash at the end joins two, signs are escaped.
    static string Told(string block) => (block.EndsWith('\n') ? block[..^1] : block)
        .Replace("\\\n", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)
        .Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\f", "\f", StringComparison.Ordinal);

    /// <summary>Ways of writing Transfer-Encoding that one server reads and another does not.</summary>
    public static IReadOnlyList<(string Name, string Text)> Mutations(string folder) =>
    [
        .. File.ReadLines(Path.Combine(folder, "smuggler-te-mutations.share.jsonl")).Select(line =>
        {
            using var row = JsonDocument.Parse(line);
            return (row.RootElement.GetProperty("id").GetString()!, Encoding.Latin1.GetString(row.RootElement.GetProperty("header_latin1_b64").GetBytesFromBase64()));
        }),
    ];

    public static string Folder
    {
        get
        {
            if (Corpora.Find("http") is { } folder) return folder;
            Xunit.Assert.Skip(Corpora.Absent);
            return "";
        }
    }
}
