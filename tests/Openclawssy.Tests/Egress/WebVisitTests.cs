using System.Net;
using System.Text;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class WebVisitTests
{
    [Fact]
    public async Task An_answer_comes_without_cookies_and_without_what_is_of_the_connection()
    {
        using var server = new RawServer(_ => RawServer.Ok("hello", "content-type: text/plain\r\nSet-Cookie: id=1\r\nX-A: 1\r\nX-A: 2\r\n"));
        using var web = Web.Real(new() { Enabled = true, AllowLocalhosts = true });
        var answer = await web.SendAsync($"http://localhost:{server.Port}/x?q#part");
        Assert.Equal((200, "hello", false, 5, false), (answer.Status, answer.Body, answer.IsBase64, answer.BytesRead, answer.Truncated));
        Assert.Equal(["Content-Type: text/plain", "X-A: 1, 2"], answer.Headers.Select(header => $"{header.Key}: {header.Value}"));
        Assert.StartsWith("GET /x?q HTTP/1.1", server.Requests[0], StringComparison.Ordinal);
        Assert.Empty(answer.Redirects);
    }

    [Theory]
    [InlineData("", "\u00e9\u4e2d", false)]
    [InlineData("; charset=utf-8", "\u00e9\u4e2d", false)]
    [InlineData("; charset=iso-8859-1", "\u00c3\u00a9\u00e4\u00b8\u00ad", false)]
    public async Task Text_is_decoded_as_the_server_says(string charset, string expected, bool base64)
    {
        using var server = new RawServer(async (_, stream) =>
        {
            var body = Encoding.UTF8.GetBytes("\u00e9\u4e2d");
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain{charset}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            await stream.WriteAsync(body);
        });
        using var web = Web.Before(server);
        var answer = await web.SendAsync("http://a.test/");
        Assert.Equal((expected, base64), (answer.Body, answer.IsBase64));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_as_base64()
    {
        using var server = new RawServer(_ => RawServer.Ok("\u0089PNG\0\u00ff"));
        using var web = Web.Before(server);
        var answer = await web.SendAsync("http://a.test/");
        Assert.True(answer.IsBase64);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0, 0xff], Convert.FromBase64String(answer.Body));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Proxy-Authorization")]
    [InlineData("bad name")]
    [InlineData("X:Y")]
    [InlineData("")]
    public async Task A_header_that_would_reframe_the_request_is_refused(string name)
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var web = Web.Before(server);
        await web.RefusalAsync("http://a.test/", ToolErrorCodes.InputInvalid, headers: new() { [name] = TextOrSecret.Of("1") });
        Assert.Equal(0, server.Visitors);
    }

    [Theory]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("\u00e9")]
    public async Task So_is_a_value_with_a_line_of_its_own(string value)
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var web = Web.Before(server);
        await web.RefusalAsync("http://a.test/", ToolErrorCodes.InputInvalid, headers: new() { ["X-A"] = TextOrSecret.Of(value) });
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task Without_a_store_a_secret_is_refused_with_the_command_that_would_bind_it()
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var web = Web.Real(new() { Enabled = true, AllowLocalhosts = true });
        var refusal = await web.RefusalAsync($"http://localhost:{server.Port}/", ToolErrorCodes.PolicyDenied, headers: new() { ["Authorization"] = TextOrSecret.OfSecret("api/x") });
        Assert.Contains("openclawssy secrets bind api/x --host localhost --header Authorization", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task A_secret_goes_to_its_host_and_comes_back_from_nowhere()
    {
        using var server = new RawServer(request => request.Contains("/next", StringComparison.Ordinal)
            ? RawServer.Ok("next") : RawServer.Ok(request.Split("Authorization: ")[1].Split('\r')[0], $"X-Echo: {OneSecret.Value}\r\n"));
        using var web = Web.Real(new() { Enabled = true, AllowLocalhosts = true });
        web.Secrets = new OneSecret("localhost");
        var answer = await web.SendAsync($"http://localhost:{server.Port}/", headers: new() { ["Authorization"] = TextOrSecret.OfSecret("one") });
        Assert.Contains(OneSecret.Value, server.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain(OneSecret.Value, answer.Body + string.Join(' ', answer.Headers.Values), StringComparison.Ordinal);

        var refusal = await web.RefusalAsync($"http://127.0.0.1:{server.Port}/", ToolErrorCodes.PolicyDenied, headers: new() { ["Authorization"] = TextOrSecret.OfSecret("one") });
        Assert.Contains("secrets bind", refusal.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_secret_does_not_follow_a_redirect_to_another_origin()
    {
        using var elsewhere = new RawServer(_ => RawServer.Ok("end"));
        using var server = new RawServer(_ => RawServer.Redirect(307, $"http://localhost:{elsewhere.Port}/"));
        using var web = Web.Real(new() { Enabled = true, AllowLocalhosts = true });
        web.Secrets = new OneSecret("localhost");
        await web.SendAsync($"http://localhost:{server.Port}/", headers: new() { ["X-Key"] = TextOrSecret.OfSecret("one") });
        Assert.Contains(OneSecret.Value, server.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain(OneSecret.Value, elsewhere.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_does_not_travel_in_the_clear()
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var web = Web.Before(server);
        web.Secrets = new OneSecret("a.test");
        Assert.Contains("https only", (await web.RefusalAsync("http://a.test/", ToolErrorCodes.PolicyDenied, headers: new() { ["X-Key"] = TextOrSecret.OfSecret("one") })).Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task Proxy_settings_of_the_machine_are_ignored()
    {
        using var canary = new RawServer(_ => RawServer.Ok("proxied"));
        using var server = new RawServer(_ => RawServer.Ok("direct"));
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy($"http://127.0.0.1:{canary.Port}");
        try
        {
            using var web = Web.Before(server);
            Assert.Equal("direct", (await web.SendAsync("http://a.test/")).Body);
            Assert.Equal(0, canary.Visitors);

            // The negative control.
            using var naive = new HttpClient();
            Assert.Equal("proxied", await naive.GetStringAsync("http://a.test/"));
            Assert.Equal(1, canary.Visitors);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/relative")]
    [InlineData("example.com")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://a.test/ x")]
    [InlineData("http://a.test\\@127.0.0.1/")]
    [InlineData("http://a.test\u0000.evil.test/")]
    [InlineData("http://user:word@a.test/")]
    [InlineData("http://@a.test/")]
    public async Task What_is_no_plain_address_is_refused(string url)
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var web = Web.Before(server);
        await web.RefusalAsync(url, ToolErrorCodes.InputInvalid);
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_worth_another_try()
    {
        int port;
        using (var gone = new RawServer(_ => "")) port = gone.Port;
        using var web = Web.Real(new() { Enabled = true, AllowLocalhosts = true });
        Assert.True((await web.RefusalAsync($"http://127.0.0.1:{port}/", ToolErrorCodes.InternalError)).Retryable);
    }

    sealed class OneSecret(string boundTo) : ISecretInjector
    {
        public const string Value = "s3cret-value-0123456789";

        public void Apply(string secret, string host, string header, HttpRequestMessage request)
        {
            if (secret != "one" || host != boundTo) throw NoSecrets.Unbound(secret, host, header);
            request.Headers.TryAddWithoutValidation(header, Value);
        }

        public string Scrub(string text) => text.Replace(Value, "[secret]", StringComparison.Ordinal);
    }
}
