using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools.Web;
using Xunit;

namespace Openclawssy.Tests.Tools.Web;

public sealed class HttpRequestTests
{
    [Fact]
    public async Task A_call_is_handed_on_and_its_answer_told()
    {
        var web = new Remembering(new(201, "https://a.test/end?k=v", new Dictionary<string, string> { ["X"] = "1" }, "hi", false, 2, false, ["https://a.test/"]));
        var result = await CallAsync(web, """{"url":" https://a.test/ ","method":"post","headers":{"A":"x","B":5,"C":true,"D":{"secret":"s"}},"body":{"k":[1,null]},"timeout_ms":7,"max_response_bytes":9}""");
        var call = web.Call!;
        Assert.Equal(("POST", "https://a.test/", 7d, 9), (call.Method, call.Url, call.Timeout.TotalMilliseconds, call.MaxBytes));
        Assert.Equal("A=x B=5 C=true Content-Type=application/json D=secret s", string.Join(' ', call.Headers.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}={header.Value.Text ?? "secret " + header.Value.Secret}")));
        Assert.Equal("""{"k":[1,null]}""", Encoding.UTF8.GetString(call.Body!.Value.Span));
        Assert.Equal("""{"status":201,"headers":{"X":"1"},"body":"hi","bytes_read":2,"truncated":false,"url":"https://a.test/end?k=v","max_response_bytes":9,"redirects":["https://a.test/"]}""", result.OutputJson);
        Assert.Equal(("POST https://a.test/end: 201, 2 byte(s)", "https://a.test/end"), (result.Summary, result.Source));
    }

    [Fact]
    public async Task Little_is_needed()
    {
        var web = new Remembering(new(200, "https://a.test/", new Dictionary<string, string>(), "AA==", true, 1, true, []));
        var result = await CallAsync(web, """{"url":"https://a.test/"}""");
        Assert.Equal(("GET", 15_000d, 1_048_576), (web.Call!.Method, web.Call.Timeout.TotalMilliseconds, web.Call.MaxBytes));
        Assert.Null(web.Call.Body);
        Assert.Contains("\"body_encoding\":\"base64\"", result.OutputJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"text\"", "text", false)]
    [InlineData("[1,2]", "[1,2]", true)]
    [InlineData("5", "5", true)]
    [InlineData("false", "false", true)]
    public async Task A_text_is_sent_as_it_is_and_anything_else_as_json(string body, string sent, bool typed)
    {
        var web = new Remembering(new(200, "https://a.test/", new Dictionary<string, string>(), "", false, 0, false, []));
        await CallAsync(web, $$"""{"url":"https://a.test/","method":"PUT","body":{{body}}}""");
        Assert.Equal(sent, Encoding.UTF8.GetString(web.Call!.Body!.Value.Span));
        Assert.Equal(typed, web.Call.Headers.ContainsKey("Content-Type"));
    }

    [Theory]
    [InlineData("""{"url":""}""", "$.url")]
    [InlineData("""{"url":"https://a.test/","method":"TRACE"}""", "$.method")]
    [InlineData("""{"url":"https://a.test/","method":"GET\r\nX: 1"}""", "$.method")]
    [InlineData("""{"url":"https://a.test/","timeout_ms":0}""", "$.timeout_ms")]
    [InlineData("""{"url":"https://a.test/","max_response_bytes":5242881}""", "$.max_response_bytes")]
    [InlineData("""{"url":"https://a.test/","headers":{"A":null}}""", "$.headers.A")]
    [InlineData("""{"url":"https://a.test/","headers":{"A":["x"]}}""", "$.headers.A")]
    [InlineData("""{"url":"https://a.test/","headers":{"A":{"secret":"s","host":"evil"}}}""", "$.headers.A.host")]
    [InlineData("""{"url":"https://a.test/","headers":{"A":{}}}""", "$.headers.A.secret")]
    [InlineData("""{"url":"https://a.test/","headers":{"A":"1","A":"2"}}""", "$.headers.A")]
    [InlineData("""{"url":"https://a.test/","body":null}""", "$.body")]
    public void Input_that_is_not_right_is_refused(string input, string path)
    {
        var refusal = Assert.Throws<ToolException>(() => new HttpRequest().Parse(Encoding.UTF8.GetBytes(input)));
        Assert.Equal((ToolErrorCodes.InputInvalid, path), (refusal.Code, refusal.Path));
    }

    [Fact]
    public void Its_schema_shows_every_form_with_its_type()
    {
        var properties = new HttpRequest().InputSchema.GetProperty("properties");
        Assert.Equal(["string", "number", "boolean", "object", "array"], Types(properties.GetProperty("body")));
        Assert.Equal(["string", "number", "boolean", "object"], Types(properties.GetProperty("headers").GetProperty("additionalProperties")));

        static IEnumerable<string?> Types(JsonElement schema) => schema.GetProperty("anyOf").EnumerateArray().Select(form => form.GetProperty("type").GetString());
    }

    static Task<ToolResult> CallAsync(IWeb web, string input) =>
        new HttpRequest().Parse(Encoding.UTF8.GetBytes(input)).RunAsync(new ToolScope(AgentId.Parse("default"), RunId.Parse("run_0000000000001_0000000000")) { Web = web }, default);

    sealed class Remembering(WebAnswer answer) : IWeb
    {
        public WebCall? Call { get; private set; }

        public Task<WebAnswer> SendAsync(WebCall request, CancellationToken cancellationToken)
        {
            Call = request;
            return Task.FromResult(answer);
        }
    }
}
