using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.TestKit;
using Openclawssy.Tools;
using Xunit;

namespace Openclawssy.Tests.Tools;

// Where a tool names an agent, a run or a conversation, that is a question and no right: whose it may be is for the door to say.
/// <summary>An input cannot carry authority, nor say one thing to one reader and another to the next.</summary>
public sealed class AuthorityFieldsTests
{
    static readonly string[] Authority =
    [
        "approved", "isOwner", "is_owner", "sandbox", "workspace", "agent_id", "agentId", "scopes", "user_id", "run_id", "session_id",
        "role", "admin", "permit", "principals", "operator", "capability", "grants", "policy", "root", "chroot", "__proto__", "constructor",
    ];

    /// <summary>An input each tool accepts.</summary>
    internal static readonly Dictionary<string, string> Good = new()
    {
        ["agent.create"] = """{"agent_id":"a"}""",
        ["agent.list"] = "{}",
        ["agent.switch"] = """{"agent_id":"a"}""",
        ["code.search"] = """{"pattern":"x"}""",
        ["config.get"] = """{"field":"output.thinking_mode"}""",
        ["config.set"] = """{"updates":{"output.thinking_mode":"never"}}""",
        ["fs.append"] = """{"path":"a.txt","content":"x"}""",
        ["fs.delete"] = """{"path":"a.txt"}""",
        ["fs.edit"] = """{"path":"a.txt","old":"x","new":"y"}""",
        ["fs.list"] = "{}",
        ["fs.move"] = """{"src":"a.txt","dst":"b.txt"}""",
        ["fs.read"] = """{"path":"a.txt"}""",
        ["fs.write"] = """{"path":"a.txt","content":"x"}""",
        ["http.request"] = """{"url":"https://example.com","body":"x"}""",
        ["metrics.get"] = "{}",
        ["policy.grant"] = """{"agent_id":"default","capability":"fs.read"}""",
        ["policy.list"] = """{"agent_id":"default"}""",
        ["policy.revoke"] = """{"agent_id":"default","capability":"fs.read"}""",
        ["run.cancel"] = """{"run_id":"run_1"}""",
        ["run.get"] = """{"run_id":"run_1"}""",
        ["run.list"] = "{}",
        ["scheduler.add"] = """{"schedule":"@every 1h","message":"x"}""",
        ["scheduler.list"] = "{}",
        ["scheduler.pause"] = "{}",
        ["scheduler.remove"] = """{"id":"job_1"}""",
        ["scheduler.resume"] = "{}",
        ["secrets.get"] = """{"key":"provider/openai/api_key"}""",
        ["secrets.list"] = "{}",
        ["secrets.set"] = """{"key":"mine/token","value":"12345678"}""",
        ["session.close"] = """{"session_id":"chat_1"}""",
        ["session.list"] = "{}",
        ["shell.exec"] = """{"command":"ls"}""",
        ["time.now"] = "{}",
    };

    public static TheoryData<string> Names => [.. Toolbox.All.Select(tool => tool.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Authority_fields_and_repeated_fields_are_refused(string name)
    {
        var tool = Toolbox.All.Single(tool => tool.Name == name);
        Assert.Equal([], Accepted(json => tool.Parse(json), Good[name]));
    }

    [Fact]
    public void A_lenient_reader_would_have_accepted_them_all()
    {
        // What a program does that takes what it knows from the object and leaves the rest.
        var accepted = Accepted(
            json => { using var document = JsonDocument.Parse(json); return document.RootElement.GetProperty("path").GetString(); }, Good["fs.read"]);
        Assert.Equal(2 * Authority.Length + 3, accepted.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Published_json_cases_never_get_past_a_tool_unhandled(string name)
    {
        var corpus = Corpora.Find("json");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        var tool = Toolbox.All.Single(tool => tool.Name == name);
        var files = Directory.GetFiles(Path.Combine(corpus, "test_parsing"), "*.json");
        Assert.True(files.Length > 300);
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file);
            var bad = Path.GetFileName(file).StartsWith("n_", StringComparison.Ordinal);
            foreach (var input in new[] { content, [.. "{\"path\":"u8, .. content, .. "}"u8], [.. "{\"content\":"u8, .. content, .. ",\"path\":\"a\"}"u8] })
            {
                try
                {
                    tool.Parse(input);
                    Assert.False(bad, $"{Path.GetFileName(file)} was taken");
                }
                catch (ToolException refusal) { Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code); }
            }
        }
    }

    static List<string> Accepted(Func<byte[], object?> parse, string good)
    {
        parse(Encoding.UTF8.GetBytes(good));
        var comma = good == "{}" ? "" : ",";
        var inputs = new List<string>();
        foreach (var field in Authority)
        {
            inputs.Add($$"""{{good[..^1]}}{{comma}}"{{field}}":true}""");
            inputs.Add($$"""{"{{field}}":{"granted":"all"}{{comma}}{{good[1..]}}""");
        }
        using var document = JsonDocument.Parse(good);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            inputs.Add($$"""{{good[..^1]}},{{field}}}""");
            inputs.Add($$"""{{good[..^1]}},"{{field.Name}}":"other"}""");
            inputs.Add($$"""{{good[..^1]}},"\u{{(int)field.Name[0]:x4}}{{field.Name[1..]}}":"other"}""");
        }
        var accepted = new List<string>();
        foreach (var input in inputs)
        {
            try { parse(Encoding.UTF8.GetBytes(input)); accepted.Add(input); }
            catch (ToolException refusal) { Assert.Equal(ToolErrorCodes.InputInvalid, refusal.Code); }
        }
        return accepted;
    }
}
