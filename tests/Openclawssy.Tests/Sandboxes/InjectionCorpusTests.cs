using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools.Shell;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>S11: published injection strings in every place of a call. The programs in them are exchanged for one that leaves a mark, so that a single success is seen.</summary>
[Collection(CommandsAlone.Name)]
public sealed partial class InjectionCorpusTests
{
    // Allowed: a program that prints what it is given, with its format fixed, and one that reads standard input.
    static readonly string[] allowed = ["printf '%s\\0'", "cat -"];

    [Fact]
    public async Task As_an_argument_a_string_arrives_as_it_is()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, shell: new() { AllowedCommands = allowed });
        foreach (var some in Strings().Chunk(200))
        {
            var output = await CallAsync(house, new() { ["command"] = "printf", ["args"] = new JsonArray(["%s\\0", .. some.Select(each => (JsonNode)each)]), ["timeout_ms"] = 60_000 });
            Assert.Equal(some, output["stdout"]!.GetValue<string>().Split('\0')[..^1]);
        }
        Assert.False(Ran(house));
    }

    [Fact]
    public async Task As_standard_input_a_string_arrives_as_it_is()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, shell: new() { AllowedCommands = allowed });
        var all = string.Join('\n', Strings());
        // Below what the result keeps of an output.
        foreach (var piece in all.Chunk(16_000).Select(part => new string(part)))
            Assert.Equal(piece, (await CallAsync(house, new() { ["command"] = "cat", ["args"] = new JsonArray("-"), ["stdin"] = piece }))["stdout"]!.GetValue<string>());
        Assert.False(Ran(house));
    }

    [Fact]
    public async Task Anywhere_else_it_is_refused_before_anything_runs()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, shell: new() { AllowedCommands = allowed });
        var tried = 0;
        foreach (var text in Strings())
            foreach (var call in (JsonObject[])
            [
                new() { ["command"] = text },
                new() { ["command"] = $"printf '%s\\0' {text}" },
                new() { ["command"] = $"printf{text}" },
                new() { ["command"] = $"cat -{text}" },
                new() { ["command"] = text, ["args"] = new JsonArray("%s\\0") },
                new() { ["command"] = "printf", ["args"] = new JsonArray(text, "%s\\0") },
                new() { ["command"] = "printf", ["args"] = new JsonArray($"%s\\0{text}") },
                new() { ["command"] = "cat", ["args"] = new JsonArray($"- {text}") },
                new() { ["command"] = "printf", ["args"] = new JsonArray("%s\\0"), ["env"] = new JsonObject { [$"TZ{text}"] = "UTC" } },
                new() { ["command"] = "cat", ["args"] = new JsonArray("-"), ["cwd"] = $"../outside{text}" },
            ])
            {
                var refused = await Assert.ThrowsAsync<ToolException>(() => CallAsync(house, call));
                Assert.True(refused.Code is ToolErrorCodes.PolicyDenied or ToolErrorCodes.InputInvalid, $"{call.ToJsonString()}: {refused.Code}");
                tried++;
            }
        Assert.True(tried >= 5310);
        Assert.False(Ran(house));
    }

    // Negative control: what the same strings do to a program that puts its command together as text. In the sandbox too, since they would do harm elsewhere.
    [Fact]
    public async Task A_command_put_together_as_text_runs_many_of_them()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        const string script = """n=0; while IFS= read -r -d '' text; do timeout 5 bash -c "printf '%s' $text" </dev/null >/dev/null 2>&1; for mark in ran*; do [ -e "$mark" ] && { n=$((n+1)); rm -f ran*; break; }; done; done; echo $n""";
        var some = Strings().Where((_, i) => i % Campaign.Scale(8, 1) == 0).ToList();
        var result = await house.Shell.RunAsync(new("bash", ["-c", script]) { Input = string.Join('\0', some) + "\0", Limit = TimeSpan.FromMinutes(10) }, CancellationToken.None);
        Assert.InRange(int.Parse(result.Stdout, System.Globalization.CultureInfo.InvariantCulture), some.Count / 10, some.Count);
    }

    static async Task<JsonNode> CallAsync(SandboxHouse house, JsonObject input)
    {
        var scope = new ToolScope(AgentId.Parse("default"), RunId.Parse("run_0000000000001_0000000000")) { Shell = house.Shell };
        return JsonNode.Parse((await new ShellExec().Parse(Encoding.UTF8.GetBytes(input.ToJsonString())).RunAsync(scope, CancellationToken.None)).OutputJson)!;
    }

    static bool Ran(SandboxHouse house) => Directory.EnumerateFileSystemEntries(house[""]).Any();

    /// <summary>As published, and as a careless program would have decoded them first.</summary>
    static List<string> Strings()
    {
        var folder = Corpora.Find("shell");
        if (folder is null) Assert.Skip(Corpora.Absent);
        var lines = Directory.EnumerateFiles(folder, "*.txt").SelectMany(File.ReadLines).Where(line => line.Length > 0).ToList();
        Assert.True(lines.Count > 500);
        return [.. lines.SelectMany(line => new[] { line, Uri.UnescapeDataString(line), line.Replace("\\n", "\n", StringComparison.Ordinal) })
            .Select(line => Programs().Replace(line.Replace("\0", "", StringComparison.Ordinal), "touch ran"))];
    }

    [GeneratedRegex(@"(/usr)?(/bin/)?\b(id|ls|cat|ping|netstat|whoami|sleep|uname|curl|wget|nc|which|pwd|ifconfig|perl|php|python|reg|netsh|net|dir|ipconfig|systeminfo|type|sysinfo|sh|bash)\b")]
    private static partial Regex Programs();
}
