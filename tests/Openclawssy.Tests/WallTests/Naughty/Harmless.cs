using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Toolkit;

// What an honest tool looks like: the checker must have nothing to say, or it would be switched off.
namespace Openclawssy.Tests.WallTests.Harmless;

sealed record Input([property: Description("What to count in.")] string Text, WorkspacePath? Path = null, int Limit = 10);

[JsonSerializable(typeof(Input))]
sealed partial class HarmlessJson : JsonSerializerContext;

static partial class Honest
{
    static async Task<ToolResult> CountAsync(ReadOnlyMemory<byte> json, ToolScope scope, CancellationToken cancellationToken)
    {
        var input = JsonSerializer.Deserialize(json.Span, HarmlessJson.Default.Input) ?? throw ToolException.InvalidInput("nothing");
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        var words = input.Text.Split(' ').GroupBy(word => word, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(input.Limit)
            .ToDictionary(group => group.Key, group => group.Count());
        var text = new StringBuilder();
        foreach (var (word, count) in words) text.Append($"{word}={count:D3} at {scope.Clock.GetUtcNow():O}; ");
        if (input.Path is { } path)
            foreach (var file in scope.Files.Walk(path, new WalkLimits(1, 1, new HashSet<string> { ".git" }), cancellationToken))
                text.Append(file.RelativePath switch { "a" or "b" or "c" or "d" or "e" or "f" or "g" => 'x', [.., 'z'] => 'z', _ => '?' });
        Span<byte> buffer = stackalloc byte[16];
        buffer.Fill(1);
        return new(input with { Limit = buffer[0] } is { Limit: 1 } ? text.ToString() : Convert.ToHexStringLower(buffer), "counted", null);
    }

    static IEnumerable<int> Numbers() { yield return Locked(); }
    static int Locked() { lock (gate) return Word().Count("one two"); }
    static readonly Lock gate = new();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
