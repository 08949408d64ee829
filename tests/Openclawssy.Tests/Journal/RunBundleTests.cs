using System.Text.Json;
using Openclawssy.Runtime.Journal;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class RunBundleTests
{
    static readonly string[] Five = ["input.json", "prompt.md", "toolcalls.jsonl", "output.md", "meta.json"];

    [Fact]
    public async Task The_five_files_are_rebuilt_from_events_jsonl_alone()
    {
        await using var house = new TestHouse();
        house.Model.Calls(("fs.write", """{"path":"a.txt","content":"x"}"""), ("fs.read", """{"path":"nope"}"""), ("fs.read", "not json")).Says("all ", "done");
        var run = await house.AskAsync("make a file");
        var written = Five.ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(run.Folder, name)));
        Assert.Equal(Five.Append("events.jsonl").Order(StringComparer.Ordinal), Directory.EnumerateFiles(run.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var elsewhere = Directory.CreateTempSubdirectory().FullName;
        var journal = Path.Combine(elsewhere, "events.jsonl");
        File.Move(Path.Combine(run.Folder, "events.jsonl"), journal);
        Directory.Delete(run.Folder, recursive: true);
        var rebuilt = RunBundle.Render(Story.Of(JournalReader.Read(journal)));
        Assert.Equal(Five, rebuilt.Select(file => file.Name));
        foreach (var (name, content) in rebuilt) Assert.Equal(written[name], content);
        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task The_contract_s_fields_are_there()
    {
        await using var house = new TestHouse();
        house.Model.Calls("fs.write", """{"path":"a.txt","content":"x"}""").Says("done");
        var run = await house.AskAsync("make a file");

        using var input = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "input.json")));
        Assert.Equal(("default", "make a file"), (input.RootElement.GetProperty("agent_id").GetString(), input.RootElement.GetProperty("message").GetString()));
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "meta.json")));
        Assert.Equal((1, 1, "completed"), (meta.RootElement.GetProperty("bundle_version").GetInt32(), meta.RootElement.GetProperty("tool_call_count").GetInt32(), meta.RootElement.GetProperty("status").GetString()));
        using var call = JsonDocument.Parse(File.ReadAllLines(Path.Combine(run.Folder, "toolcalls.jsonl")).Single());
        Assert.Equal("fs.write", call.RootElement.GetProperty("request").GetProperty("name").GetString());
        Assert.Equal("a.txt", call.RootElement.GetProperty("request").GetProperty("arguments").GetProperty("path").GetString());
        Assert.Equal("done\n", File.ReadAllText(Path.Combine(run.Folder, "output.md")));
        Assert.StartsWith("## SOUL.md\n", File.ReadAllText(Path.Combine(run.Folder, "prompt.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_leaves_a_bundle_too()
    {
        await using var house = new TestHouse();
        var run = await house.AskAsync("/tool fs.read {\"path\":\"absent.txt\"}");
        Assert.Equal("failed", run.State);
        Assert.All(Five, name => Assert.True(File.Exists(Path.Combine(run.Folder, name)), name));
    }
}
