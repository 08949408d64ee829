using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;

namespace Openclawssy.Dashboard.Tests;

/// <summary>A gateway in which something happened: runs that went well and badly, a conversation, an agent, a secret.</summary>
sealed class FilledHouse : IAsyncDisposable
{
    public const string Answer = """
        ## What I found

        The file has **three** parts, see [the manual](https://example.com/manual):

        1. a head
        2. a body with `code`
        3. a tail

        | part | lines |
        |---|---|
        | head | 3 |
        | body | 120 |

        ```csharp
        // Adds two numbers.
        static int Add(int a, int b) => a + b;
        ```

        > Nothing else was changed.
        """;

    FilledHouse(GatewayHouse gateway) => Gateway = gateway;

    public GatewayHouse Gateway { get; }
    public string Run { get; private set; } = "";
    public string Session { get; private set; } = "";

    public IReadOnlyList<(string Name, string Place)> Pages =>
    [
        ("chat", $"#/chat/{Session}"), ("runs", "#/runs"), ("run", $"#/runs/{Run}"), ("overview", "#/overview"), ("scheduler", "#/scheduler"), ("agents", "#/agents/default"), ("rights", "#/agents/default/rights"),
        ("settings", "#/settings"), ("secrets", "#/secrets"), ("audit", "#/audit"), ("nowhere", "#/nowhere"),
    ];

    public static async Task<FilledHouse> OpenAsync()
    {
        var house = new FilledHouse(await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["dashboard_user"]} """));
        var gateway = house.Gateway;
        gateway.Model.Answers(FakeAnswer.Calls(("fs.list", """{"path":"."}"""), ("time.now", "{}")), FakeAnswer.Calls(("fs.read", """{"path":"not-there.txt"}""")), FakeAnswer.Calls(("shell.exec", """{"command":"ls"}""")), FakeAnswer.Says(Answer));
        var reply = (await gateway.PostAsync("/v1/chat/messages", """{"user_id":"dashboard_user","room_id":"dashboard","message":"Look at the file and say what is in it, part by part."}""")).Body!;
        (house.Run, house.Session) = (reply["id"]!.GetValue<string>(), reply["session_id"]!.GetValue<string>());
        await gateway.EndOfAsync(house.Run);
        await gateway.EndOfAsync(await gateway.AskAsync("/tool time.now {}"));
        await gateway.EndOfAsync(await gateway.AskAsync("""/tool fs.read {"path":"missing.txt"}"""));
        await gateway.PostAsync("/api/admin/agents/create", """{"agent_id":"reviewer"}""");
        await gateway.PostAsync("/api/admin/secrets", """{"name":"OPENROUTER_API_KEY","value":"sk-or-0123456789abcdef"}""");
        await gateway.PostAsync("/api/admin/scheduler/jobs", """{"id":"morning-report","schedule":"0 7 * * 1-5","time_zone":"Europe/Berlin","message":"Write what changed since yesterday into report.md."}""");
        return house;
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
