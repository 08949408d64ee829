using System.Text;
using System.Text.Json;
using CsCheck;
using Openclawssy.Gateway.Wire;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>Bodies are read strictly, and what is said about a bad one gives nothing of ours away.</summary>
public sealed class JsonBodyTests
{
    [Fact]
    public void The_published_suite_is_parsed_and_refused_as_it_says()
    {
        if (Corpora.Find("json") is not { } folder) { Assert.Skip(Corpora.Absent); return; }
        var (good, bad) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, "test_parsing"), "*.json"))
        {
            var bytes = File.ReadAllBytes(path);
            switch (Path.GetFileName(path)[0])
            {
                // Valid, and a member twice: that is ours to refuse.
                case 'y' when Path.GetFileName(path).Contains("duplicated", StringComparison.Ordinal): Refused(bytes); break;
                case 'y': good++; JsonBody.Document(bytes).Dispose(); break;
                case 'n': bad++; Refused(bytes); break;
                default:
                    try { JsonBody.Document(bytes).Dispose(); }
                    catch (RequestRefused refused) { DemandPlain(refused.Message); }
                    break;
            }
        }
        Assert.True(good >= 90 && bad >= 180, $"{good} and {bad}");

        static void Refused(byte[] bytes)
        {
            DemandPlain(Assert.Throws<RequestRefused>(() => JsonBody.Document(bytes).Dispose()).Message);
            DemandPlain(Assert.Throws<RequestRefused>(() => JsonBody.Parse(bytes, GatewayJson.Default.RunOrder)).Message);
        }
    }

    static void DemandPlain(string text)
    {
        Assert.DoesNotContain("Openclawssy.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("RunOrder", text, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePosition", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, char.IsControl);
    }

    [Theory]
    [InlineData("""{"agent_id":"a","message":null}""", "$.message")]
    [InlineData("""{"agent_id":"a","message":5}""", "$.message is of another kind")]
    [InlineData("""{"agent_id":"a"}""", "a required member is missing")]
    [InlineData("""{"agent_id":"a","message":"b","message":"c"}""", "twice")]
    [InlineData("""{"agent_id":"a","message":"b","x":1}""", "does not take ($.x)")]
    [InlineData("""[]""", "another kind")]
    [InlineData("""null""", "null")]
    [InlineData("""{"agent_id":"a",}""", "trailing comma")]
    [InlineData("""{"agent_id":"a"} x""", "(line 1)")]
    [InlineData("", "")]
    public void What_is_wrong_is_said_in_our_own_words(string body, string says)
    {
        var refused = Assert.Throws<RequestRefused>(() => JsonBody.Parse(Encoding.UTF8.GetBytes(body), GatewayJson.Default.RunOrder));
        Assert.Equal((400, "request.invalid_json"), (refused.Status, refused.Code));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        DemandPlain(refused.Message);
    }

    // The control passes the framework's sentence on.
    [Fact]
    public void The_framework_names_our_types()
    {
        var said = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"agent_id":"a","message":null}""", GatewayJson.Default.RunOrder)).Message;
        Assert.Throws<Xunit.Sdk.DoesNotContainException>(() => DemandPlain(said));
    }

    [Fact]
    public void No_body_whatever_gets_more_than_a_plain_refusal()
    {
        string[] pieces = ["{", "}", "[", "]", "\"agent_id\"", "\"message\"", "\"thinking_mode\"", ":", ",", "\"x\"", "null", "1", "1e999", "true", "\"\\ud800\"", "\u0000", "\n", " ", "//", "$type", "\"\\u0000\""];
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).List[0, 14].Sample(parts =>
        {
            try { JsonBody.Parse(Encoding.UTF8.GetBytes(string.Concat(parts)), GatewayJson.Default.RunOrder); }
            catch (RequestRefused refused) { DemandPlain(refused.Message); }
        }, iter: Campaign.Scale(20_000, 500_000));
    }

    [Theory]
    [InlineData("""{"model":{"name":"\ud800"}}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"discord":{"allow_users":["\ud800x"]}}""")]
    public async Task Half_a_character_is_refused_everywhere(string body)
    {
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var route in (await KnownRoute.AllAsync(house)).Where(route => route.TakesBody))
            Assert.Equal((400, "request.invalid_json"), await Refused(route.Method, route.Path, body));
        Assert.Equal((400, "request.invalid_json"), await Refused("POST", "/v1/runs", """{"agent_id":"default","message":"\ud800"}"""));
        Assert.Empty(house.Reported);

        async Task<(int, string?)> Refused(string method, string path, string json) => await house.SendAsync(new(method), path, json) is var (status, said) ? (status, said?["error"]?["code"]?.GetValue<string>()) : default;
    }

    [Fact]
    public async Task No_refusal_over_HTTP_holds_the_token_or_a_type()
    {
        await using var house = await GatewayHouse.OpenAsync();
        foreach (var route in await KnownRoute.AllAsync(house))
            foreach (var (body, query) in new[] { ("{", ""), ("{}", ""), ("[1]", ""), ("\u0000", ""), ("""{"model":{"provider":5}}""", ""), ("{}", "?x=" + GatewayHouse.Token[..20]), ("{}", "?limit=x&agent_id=%ff&after=-1&hours=x&run_id=x&session_id=.."), ("{}", "?agent_id=../..&tool=x&input={") })
                foreach (var path in new[] { route.Path, route.Path + "x", route.Path.Replace("run_1", "..%20", StringComparison.Ordinal).Replace("chat_1", "%FF", StringComparison.Ordinal) })
                {
                    if (route is { Method: "GET", Pattern: "/api/admin/doctor" }) continue;
                    using var request = new HttpRequestMessage(new(route.Method), path + query);
                    if (route.TakesBody) request.Content = new StringContent(body, null, "application/json");
                    using var answer = await house.Client.SendAsync(request);
                    var text = await answer.Content.ReadAsStringAsync();
                    Assert.DoesNotContain(GatewayHouse.Token, text, StringComparison.Ordinal);
                    if ((int)answer.StatusCode < 400) continue;
                    var error = System.Text.Json.Nodes.JsonNode.Parse(text)!["error"]!;
                    DemandPlain(error["message"]!.GetValue<string>());
                    Assert.Matches("^[a-z_]+(\\.[a-z_]+)+$", error["code"]!.GetValue<string>());
                    Assert.True((int)answer.StatusCode < 500, $"{route.Method} {path}{query} {body}: {text}");
                }
        Assert.Empty(house.Reported);
    }
}
