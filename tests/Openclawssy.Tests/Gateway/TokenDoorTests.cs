using System.Text.Json.Nodes;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>Nothing without the token (S22): every route, every method, every way of writing its address.</summary>
public sealed class TokenDoorTests
{
    static readonly string[] methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    // Nobody's token, a wrong one, an empty one, another scheme, the right one at the wrong place, twice, or the start of it.
    static readonly string[] credentials =
    [
        "", "Authorization: Bearer wrong\r\n", "Authorization: Bearer \r\n", "Authorization: Basic " + GatewayHouse.Token + "\r\n", "Authorization: " + GatewayHouse.Token + "\r\n",
        "Cookie: token=" + GatewayHouse.Token + "\r\n", "X-Api-Key: " + GatewayHouse.Token + "\r\n", "Proxy-Authorization: Bearer " + GatewayHouse.Token + "\r\n",
        "Authorization: Bearer " + GatewayHouse.Token + "\r\nAuthorization: Bearer " + GatewayHouse.Token + "\r\n", "Authorization: Bearer " + GatewayHouse.Token[..^1] + "\r\n",
    ];

    static readonly string[] publicOnes = ["/healthz", "/readyz"];

    /// <summary>Ways of writing one address that some server somewhere reads as it.</summary>
    static IEnumerable<string> Spellings(string path, int port)
    {
        yield return path;
        yield return path + "/";
        yield return "/" + path;
        yield return path.ToUpperInvariant();
        yield return path.Replace("/", "//", StringComparison.Ordinal);
        yield return path.Replace("/", "/./", StringComparison.Ordinal);
        yield return path + ";";
        yield return path + ";a=b";
        yield return path + "%00";
        yield return path + "%20";
        yield return path + "?token=" + GatewayHouse.Token;
        yield return path + "?access_token=" + GatewayHouse.Token;
        yield return path + "#/healthz";
        yield return "/%" + Convert.ToHexString([(byte)path[1]]) + path[2..];
        yield return "http://127.0.0.1:" + port + path;
        yield return "http://evil.test" + path;
        yield return "//evil.test" + path;
        foreach (var open in publicOnes)
        {
            yield return open + "/.." + path;
            yield return open + "/%2e%2e" + path;
            yield return open + "/..%2f" + path[1..];
            yield return open + "%2f.." + path;
            yield return open + "/%252e%252e" + path;
            yield return open + "\\.." + path;
            yield return open + path;
            yield return open + ";/.." + path;
            yield return open + "?/.." + path;
        }
    }

    static string Request(string method, string target, int port, string headers, string body = """{"agent_id":"default","message":"hi"}""") =>
        $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    /// <summary>Requests that were let in: answered with something else than a refusal, without being a public route itself.</summary>
    static async Task<List<string>> LetInAsync(int port, IEnumerable<string> paths, IEnumerable<string> withMethods, IEnumerable<string> withCredentials)
    {
        List<string> found = [];
        foreach (var path in paths)
            foreach (var target in Spellings(path, port))
                foreach (var method in withMethods)
                    foreach (var credential in withCredentials)
                    {
                        var answer = await RawHttp.AskAsync(port, Request(method, target, port, credential));
                        if (answer.Status is 400 or 401 or 404 or 405 or 414 or 429) continue;
                        if (publicOnes.Contains(target.Split('?')[0]) && method is "GET" or "HEAD" && answer.Status is 400 or 200) continue;
                        found.Add($"{method} {target} [{credential.Trim()}]: {answer.Status}");
                    }
        return found;
    }

    [Fact]
    public async Task No_route_is_reached_without_the_token_however_it_is_written()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var routes = await KnownRoute.AllAsync(house);
        var port = house.Serving.Address.Port;
        var guarded = routes.Where(route => !publicOnes.Contains(route.Pattern)).Select(route => route.Path).Distinct().ToList();
        var before = Traces.Of(house);

        // Every route by every method and spelling without a token; the credentials at one route of each kind.
        Assert.Empty(await LetInAsync(port, guarded, methods, [""]));
        Assert.Empty(await LetInAsync(port, ["/v1/runs", "/api/admin/config", "/nothing/here"], ["GET", "POST"], credentials));

        Assert.Equal(before, Traces.Of(house));
        Assert.Equal(0, (await house.GetAsync("/v1/runs")).Body!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_rule_by_the_beginning_of_an_address_is_caught()
    {
        await using var naive = await NaiveGateway.StartAsync(target => target.StartsWith("/healthz", StringComparison.Ordinal) || target.StartsWith("/readyz", StringComparison.Ordinal));
        Assert.Contains(await LetInAsync(naive.Port, ["/v1/runs"], ["GET"], [""]), found => found.Contains("/healthz/..", StringComparison.Ordinal));
        Assert.True(naive.Handled > 0);
    }

    [Fact]
    public async Task What_is_public_is_listed_and_says_nothing()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var routes = await KnownRoute.AllAsync(house);
        var port = house.Serving.Address.Port;
        var open = new List<string>();
        foreach (var route in routes)
            if (await RawHttp.AskAsync(port, Request(route.Method, route.Path, port, "", "")) is { Status: < 400 } answer)
            {
                open.Add(route.Pattern);
                Assert.True(JsonNode.Parse(answer.Body)!.AsObject() is { Count: 1 } only && only["status"] is not null, answer.Body);
            }
        Assert.Equal(publicOnes, open.Order());
    }

    [Fact]
    public async Task A_route_that_is_not_there_is_401_too_so_that_nobody_can_look_for_routes()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        foreach (var target in new[] { "/", "/v2/runs", "/admin", "/metrics", "/.env", "/healthz/x", "/HEALTHZ", "/healthz/" })
            Assert.Equal(401, (await RawHttp.AskAsync(port, Request("GET", target, port, "", ""))).Status);
    }

    // Who asks 400 first and for the token afterwards tells strangers which routes there are.
    [Fact]
    public async Task Without_the_token_a_body_is_not_read_and_a_method_not_told()
    {
        await using var house = await GatewayHouse.OpenAsync();
        var port = house.Serving.Address.Port;
        foreach (var method in methods.Except(["HEAD"]))
        {
            // No byte of the body is ever sent.
            var answer = await RawHttp.AskAsync(port, $"{method} /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
            Assert.Equal((401, "close", "Bearer"), (answer.Status, answer.Header("Connection"), answer.Header("WWW-Authenticate")));
            Assert.Null(answer.Header("Allow"));
        }
    }
}
