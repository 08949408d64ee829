using System.Text;
using Openclawssy.Egress;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>A redirect is a new request: it asks the policy again and leaves credentials behind.</summary>
public sealed class RedirectTests
{
    public static TheoryData<int, string> Inner => [.. from status in new[] { 301, 302, 303, 307, 308 }
                                                       from target in new[]
                                                       {
                                                           "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/", "http://2130706433/", "//127.0.0.1/",
                                                           "file:///etc/passwd", "ftp://a.test/", "gopher://a.test/", "http://evil.test/", "http://a.test:81/", "http://user:word@a.test/", "http://c.test/",
                                                       }
                                                       select (status, target)];

    [Theory, MemberData(nameof(Inner))]
    public async Task It_leads_nowhere_the_tool_could_not_go_from_there(int status, string target)
    {
        using var server = new RawServer(_ => RawServer.Redirect(status, target));
        var board = new Switchboard(server.Port);
        using var web = Web.Before(server, board);
        await web.RefusalAsync("http://a.test/", ToolErrorCodes.PolicyDenied);
        Assert.Equal(["93.184.216.34:80"], board.Dialled);
        Assert.Equal(1, server.Visitors);
    }

    [Fact]
    public async Task A_client_that_follows_by_itself_goes_inside()
    {
        // The negative control: the framework's own redirects, after the first host was checked.
        using var inner = new RawServer(_ => RawServer.Ok("inside"));
        using var outer = new RawServer(_ => RawServer.Redirect(302, $"http://127.0.0.1:{inner.Port}/"));
        using var naive = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal("inside", await naive.GetStringAsync($"http://127.0.0.1:{outer.Port}/"));
        Assert.Equal(1, inner.Visitors);
    }

    [Fact]
    public async Task A_loop_ends_after_five()
    {
        using var server = new RawServer(_ => RawServer.Redirect(302, "http://a.test/"));
        using var web = Web.Before(server);
        Assert.Contains("more than 5 redirects", (await web.RefusalAsync("http://a.test/", ToolErrorCodes.InternalError)).Message, StringComparison.Ordinal);
        Assert.Equal(6, server.Visitors);
    }

    [Theory]
    [InlineData("http://b.test/end")]
    [InlineData("http://c.test:8080/end")]
    public async Task Credentials_stay_with_their_origin(string elsewhere)
    {
        using var server = new RawServer(request => request.Contains("/end", StringComparison.Ordinal) ? RawServer.Ok("end") : RawServer.Redirect(307, elsewhere));
        using var web = Web.Before(server);
        var answer = await web.SendAsync("http://a.test/", headers: new()
        {
            ["Authorization"] = TextOrSecret.Of("Bearer canary-1"),
            ["Cookie"] = TextOrSecret.Of("canary-2"),
            ["X-Api-Key"] = TextOrSecret.Of("canary-3"),
            ["Accept"] = TextOrSecret.Of("text/plain"),
        });
        Assert.Equal(elsewhere, answer.Url);
        Assert.Equal(["http://a.test/"], answer.Redirects);
        Assert.Equal(3, server.Requests[0].Split("canary").Length - 1);
        Assert.DoesNotContain("canary", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("text/plain", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_follow_within_it()
    {
        using var server = new RawServer(request => request.Contains("/end", StringComparison.Ordinal) ? RawServer.Ok("end") : RawServer.Redirect(302, "/end"));
        using var web = Web.Before(server);
        await web.SendAsync("http://a.test/", headers: new() { ["X-Api-Key"] = TextOrSecret.Of("canary") });
        Assert.Contains("canary", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_do_not_come_back_on_the_way_home()
    {
        using var server = new RawServer(request => request.Contains("/end", StringComparison.Ordinal) ? RawServer.Ok("end")
            : request.Contains("b.test", StringComparison.Ordinal) ? RawServer.Redirect(302, "http://a.test/end") : RawServer.Redirect(302, "http://b.test/"));
        using var web = Web.Before(server);
        await web.SendAsync("http://a.test/", headers: new() { ["Authorization"] = TextOrSecret.Of("canary") });
        Assert.Equal(3, server.Requests.Count);
        Assert.DoesNotContain("canary", server.Requests[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "POST", "GET", false)]
    [InlineData(302, "POST", "GET", false)]
    [InlineData(303, "POST", "GET", false)]
    [InlineData(303, "PUT", "GET", false)]
    [InlineData(302, "PUT", "PUT", true)]
    [InlineData(307, "POST", "POST", true)]
    [InlineData(308, "POST", "POST", true)]
    public async Task The_method_changes_as_the_status_says(int status, string method, string then, bool keepsBody)
    {
        using var server = new RawServer(request => request.Contains("/end", StringComparison.Ordinal) ? RawServer.Ok("end") : RawServer.Redirect(status, "/end"));
        using var web = Web.Before(server);
        await web.SendAsync("http://a.test/", method, new() { ["Content-Type"] = TextOrSecret.Of("text/x-canary") }, Encoding.UTF8.GetBytes("body"));
        Assert.StartsWith($"{then} /end", server.Requests[1], StringComparison.Ordinal);
        Assert.Equal(keepsBody, server.Requests[1].Contains("Content-Length: 4", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(keepsBody, server.Requests[1].Contains("canary", StringComparison.Ordinal));
    }
}
