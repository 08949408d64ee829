using System.IO.Compression;
using System.Text.Json;
using Openclawssy.Runtime.Policy;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Policy;

/// <summary>Measured on published rule tests: lines that hold a secret, and look-alikes that hold none.</summary>
public sealed class RedactorCorpusTests(ITestOutputHelper output)
{
    internal sealed record Line(string Rule, bool HoldsSecret, string Text);

    [Fact]
    public void Published_secrets_are_masked_and_look_alikes_left_alone()
    {
        var (leaked, altered) = Measure(text => Redactor.Redact(text).Text, "ours");

        Assert.InRange(leaked, 0, 0.005);
        Assert.InRange(altered, 0, 0.15);
    }

    [Fact]
    public void The_earlier_four_patterns_destroy_more_and_leak_more()
    {
        var (leaked, altered) = Measure(NaiveRedactor.Redact, "control");

        Assert.True(leaked > 0.02, $"the control leaked only {leaked:P2}");
        Assert.True(altered > 0.4, $"the control altered only {altered:P2}");
    }

    (double Leaked, double Altered) Measure(Func<string, string> redact, string who)
    {
        var lines = Read();
        var secrets = lines.Where(line => line.HoldsSecret).ToList();
        var others = lines.Where(line => !line.HoldsSecret).ToList();
        var leaked = secrets.Where(line => redact(line.Text) is var shown && (shown == line.Text || shown.Contains(LongestRun(line.Text), StringComparison.Ordinal))).ToList();
        var altered = others.Where(line => redact(line.Text) != line.Text).ToList();
        var result = ((double)leaked.Count / secrets.Count, (double)altered.Count / others.Count);
        output.WriteLine($"{who}: leaked {leaked.Count} of {secrets.Count} ({result.Item1:P2}), altered {altered.Count} of {others.Count} ({result.Item2:P2})");
        if (Environment.GetEnvironmentVariable("REDACTOR_DETAILS") is { } file)
            File.WriteAllLines($"{file}.{who}", [.. leaked.Select(line => $"LEAK {line.Rule} {line.Text} => {redact(line.Text)}"), .. altered.Select(line => $"ALTERED {line.Rule} {line.Text} => {redact(line.Text)}")]);
        return result;
    }

    /// <summary>The longest piece with two digits and without quotes, blanks or separators: in nearly all of these lines, the secret.</summary>
    static string LongestRun(string text) => text.Split([' ', '\t', '\n', '\r', '"', '\'', '`', '\\', '=', ':', '<', '>', ';', ',', '(', ')', '@'])
        .Where(piece => piece.Count(char.IsAsciiDigit) > 1 && !piece.StartsWith("//", StringComparison.Ordinal)).MaxBy(piece => piece.Length) ?? text;

    internal static List<Line> Read()
    {
        var folder = Corpora.Find("secrets");
        if (folder is null) Assert.Skip(Corpora.Absent);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, "gitleaks-tp-fp.share.jsonl.gz")), CompressionMode.Decompress));
        var lines = new List<Line>();
        while (reader.ReadLine() is { } json)
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            lines.Add(new(root.GetProperty("rule").GetString()!, root.GetProperty("kind").GetString() == "tp", root.GetProperty("text").GetString()!));
        }
        return lines;
    }
}
