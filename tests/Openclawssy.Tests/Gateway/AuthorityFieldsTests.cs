using System.Text.Json.Nodes;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>What a client says about itself is no authority (S29): a member or header that claims some is refused, or changes nothing.</summary>
public sealed class AuthorityFieldsTests
{
    static readonly string[] members =
    [
        "approved", "isOwner", "is_owner", "owner", "admin", "role", "roles", "scope", "scopes", "capabilities", "grants", "sandbox", "sandbox_active", "workspace", "root", "authority", "principals", "principal",
        "operator", "origin", "source", "channel_origin", "sender_is_owner", "senderIsOwner", "credential", "token", "run_id", "process", "elevated", "unsafe", "dry_run_off", "tools", "provider", "model_override", "__proto__", "constructor", "$type", "$ref", "$id",
    ];

    static readonly string[] headers =
    [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-User", "X-Real-IP", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Http-Method", "X-Method-Override", "X-Operator", "X-Owner",
        "sender-is-owner", "X-Sender-Is-Owner", "X-Scopes", "X-Role", "X-Admin", "X-Approved", "X-User", "X-User-Id", "X-Agent-Id", "X-Workspace", "X-Sandbox", "X-Remote-User", "Remote-User", "X-Authenticated-User", "X-Client-Cert", "X-Internal",
        "X-Openclawssy-Operator", "X-Device-Token", "Via", "True-Client-IP", "CF-Connecting-IP", "Traceparent",
    ];

    /// <summary>A good body for each route that takes one, so that what refuses is the added member alone.</summary>
    static JsonObject GoodBody(string pattern) => JsonNode.Parse(pattern switch
    {
        "/v1/runs" => """{"agent_id":"default","message":"/tool time.now {}"}""",
        "/v1/chat/messages" => """{"user_id":"me","message":"/help"}""",
        "/api/admin/config" or "/api/admin/config/validate" => """{"engine":{"max_concurrent_runs":3}}""",
        "/api/admin/secrets" => """{"name":"a.b","value":"123456789"}""",
        "/api/admin/agents" => """{"agent_id":"default"}""",
        "/api/admin/agents/create" => """{"agent_id":"default"}""",
        "/api/admin/agent/docs" => """{"agent_id":"default","name":"SOUL.md","content":"x"}""",
        "/api/admin/grants" => """{"agent_id":"default","capability":"fs.read","action":"grant"}""",
        "/api/admin/scheduler/jobs" => """{"schedule":"@every 1h","message":"hi"}""",
        "/api/admin/scheduler/control" => """{"action":"pause"}""",
        _ => throw new InvalidOperationException($"a good body of {pattern} belongs here"),
    })!.AsObject();

    [Fact]
    public async Task A_member_that_claims_something_is_refused_on_every_route_and_nothing_happens()
    {
        await using var house = await GatewayHouse.OpenAsync(""" "chat": {"allow_users": ["me"]} """);
        var routes = (await KnownRoute.AllAsync(house)).Where(route => route.TakesBody).ToList();
        var before = Traces.Of(house);
        foreach (var route in routes)
        {
            var good = GoodBody(route.Pattern);
            foreach (var member in members)
                foreach (var value in new[] { "true", "\"operator\"", "[\"*\"]", "{}" })
                {
                    // Sections of the configuration, in which nothing is said.
                    if (value == "{}" && member is "sandbox" or "workspace" && route.Pattern.StartsWith("/api/admin/config", StringComparison.Ordinal)) continue;
                    var text = good.ToJsonString();
                    foreach (var body in new[] { $"{{\"{member}\":{value}{(text == "{}" ? "" : ",")}{text[1..]}", $"{text[..^1]}{(text == "{}" ? "" : ",")}\"{member}\":{value}}}" })
                        Assert.Equal((400, route.Pattern, body), ((await house.SendAsync(new(route.Method), route.Path, body)).Status, route.Pattern, body));
                }
            foreach (var (name, value) in good)
            {
                // Twice, the second time with another value: neither the first nor the last one wins.
                var twice = good.ToJsonString()[..^1] + $",\"{name}\":{value?.ToJsonString() ?? "null"}}}";
                Assert.Equal((400, twice), ((await house.SendAsync(new(route.Method), route.Path, twice)).Status, twice));
                // Another spelling of a known name is another name.
                var other = good.ToJsonString().Replace($"\"{name}\"", $"\"{name.ToUpperInvariant()}\"", StringComparison.Ordinal);
                Assert.Equal((400, other), ((await house.SendAsync(new(route.Method), route.Path, other)).Status, other));
            }
        }
        Assert.Equal(before, Traces.Of(house));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_header_that_claims_something_changes_no_answer()
    {
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var route in (await KnownRoute.AllAsync(house)).Where(route => route.Method == "GET" && route.Pattern is not ("/metrics" or "/api/admin/doctor" or "/api/admin/usage" or "/api/admin/status")))
        {
            var plain = await house.GetAsync(route.Path);
            foreach (var header in headers)
                foreach (var value in new[] { "true", "/api/admin/secrets", "DELETE" })
                {
                    var claimed = await house.SendAsync(HttpMethod.Get, route.Path, null, (header, value));
                    Assert.Equal((route.Path, header, plain.Status, plain.Body?.ToJsonString()), (route.Path, header, claimed.Status, claimed.Body?.ToJsonString()));
                }
        }
    }

    [Fact]
    public async Task A_run_has_the_same_authority_whatever_its_request_claimed()
    {
        await using var house = await GatewayHouse.OpenAsync();
        // Not granted to anybody, and it stays so.
        const string order = """{"agent_id":"default","message":"/tool config.get {}"}""";
        foreach (var claims in new (string, string)[][] { [], [.. headers.Select(header => (header, "operator"))] })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = new StringContent(order, null, "application/json") };
            foreach (var (name, value) in claims.Take(40)) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await house.Client.SendAsync(request);
            var run = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
            var ended = await house.EndOfAsync(run);
            Assert.Equal(("failed", "policy.denied"), (ended["status"]!.GetValue<string>(), ended["reason"]!.GetValue<string>()));
            var created = (await house.GetAsync($"/api/admin/debug/runs/{run}/trace?limit=1")).Body!["trace"]!["events"]!.AsArray()[0]!;
            Assert.Equal($"""["user:http/{BearerCredential}","agent:default"]""", created["principals"]!.ToJsonString());
            Assert.Null(created["operator"]);
        }
        house.Model.AssertClean();
    }

    static string BearerCredential => Openclawssy.Gateway.Tokens.BearerToken.Of(GatewayHouse.Token).Credential;

    static readonly AgentId[] agents = [.. new[] { "a", "b", "c" }.Select(AgentId.Parse)];
    static readonly string[] rights = ["fs.read", "fs.write", "shell.exec", "policy.admin"];

    static Gen<AgentId> AnyAgent => Gen.Int[0, agents.Length - 1].Select(i => agents[i]);

    static readonly Gen<Principal> principal = Gen.Frequency(
        (4, AnyAgent.Select(agent => (Principal)new Principal.Agent(agent))),
        (2, Gen.Bool.Select(http => (Principal)new Principal.Sender(http ? "http" : "discord", "operator"))),
        (1, Gen.Const((Principal)new Principal.Person(0, "pts/0"))),
        (1, Gen.Const((Principal)new Principal.TokenHolder("token:12345678"))));

    static readonly Gen<Authority> beginning = Gen.Frequency(
        (1, Gen.Const(Authority.Operator(1000, null))), (1, Gen.Const(Authority.Holder("token:1"))),
        (2, AnyAgent.Select(Authority.Agent)), (2, AnyAgent.Select(agent => Authority.Sent("http", "token:1", agent))));

    /// <summary>Narrows step by step and finds a right the narrower one has and the wider one has not.</summary>
    static bool Widens(Authority authority, IEnumerable<Principal> steps, Func<Authority, Principal, Authority?> narrow, Func<Authority, string, bool> may)
    {
        foreach (var step in steps)
        {
            if (narrow(authority, step) is not { } narrower) continue;
            if (rights.Any(right => may(narrower, right) && !may(authority, right))) return true;
            authority = narrower;
        }
        return false;
    }

    static Authority? Narrowed(Authority authority, Principal step)
    {
        try { return authority.Narrow(step); }
        catch (ArgumentException) { return null; }
    }

    [Fact]
    public void Who_is_made_by_another_never_may_more()
    {
        using var folder = new TempFolder();
        var grants = Gen.Bool.Array[agents.Length * rights.Length];
        Gen.Select(grants, beginning, principal.List[0, 5]).Sample((granted, first, steps) =>
        {
            var policy = PolicyOf(folder, granted);
            Assert.False(Widens(first, steps, Narrowed, (who, right) => policy.Decide(who, right).Allows));
            // What a record says of it decides the same, or nothing.
            var last = steps.Aggregate(first, (who, step) => Narrowed(who, step) ?? who);
            if (Authority.Recorded(last.Names) is { } read)
                Assert.All(rights, right => Assert.Equal(policy.Decide(last, right).Allows, policy.Decide(read, right).Allows));
        }, iter: Campaign.Scale(500, 20_000), threads: 1);
    }

    // The control takes the last one's rights, as who is acting now.
    [Fact]
    public void Who_asks_only_the_last_one_is_caught()
    {
        using var folder = new TempFolder();
        var granted = new bool[agents.Length * rights.Length];
        granted[rights.Length] = true;
        var policy = PolicyOf(folder, granted);
        Assert.True(Widens(Authority.Agent(agents[0]), [new Principal.Agent(agents[1])], Narrowed,
            (who, right) => who.Chain[^1] is Principal.Agent last && policy.Decide(Authority.Agent(last.Id), right).Allows));
    }

    static AgentPolicy PolicyOf(TempFolder folder, bool[] granted)
    {
        var path = folder["grants.json"];
        File.WriteAllText(path, new JsonObject
        {
            ["agents"] = new JsonObject(agents.Select((agent, i) => KeyValuePair.Create(agent.ToString(), (JsonNode?)new JsonArray([.. rights.Where((_, n) => granted[i * rights.Length + n]).Select(right => JsonValue.Create(right))])))),
        }.ToJsonString());
        return new(new(path, rights));
    }
}
