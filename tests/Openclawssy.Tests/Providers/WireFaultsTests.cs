using System.Net;
using System.Net.Sockets;
using System.Text;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

/// <summary>Every way an answer fails, and the sentence a person reads then. <see cref="Wire.FailAsync"/> looks for keys and stack traces in each.</summary>
public sealed class WireFaultsTests
{
    [Theory]
    [InlineData(401, ModelErrorCodes.Unauthorized, false, "refused the API key (401), saying \"no way\"; check the environment variable OPENAI_COMPAT_API_KEY")]
    [InlineData(403, ModelErrorCodes.Unauthorized, false, "refused access (403), saying \"no way\"; check that the key")]
    [InlineData(402, ModelErrorCodes.Refused, false, "wants payment (402)")]
    [InlineData(404, ModelErrorCodes.NotFound, false, "has no model \"fake-model\" or no such address (404), saying \"no way\"; check model.name and providers.generic.base_url")]
    [InlineData(400, ModelErrorCodes.Refused, false, "refused the request (400), saying \"no way\"")]
    [InlineData(422, ModelErrorCodes.Refused, false, "refused the request (422), saying \"no way\"")]
    [InlineData(413, ModelErrorCodes.Refused, false, "too large (413)")]
    [InlineData(429, ModelErrorCodes.RateLimited, true, "limits the number of requests (429), saying \"no way\"; try again later")]
    [InlineData(500, ModelErrorCodes.Unavailable, true, "failed (500), saying \"no way\"; try again later")]
    [InlineData(529, ModelErrorCodes.Unavailable, true, "failed (529)")]
    public async Task A_status_has_its_code_and_its_sentence(int status, string code, bool retryable, string sentence)
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Error(status, "no way"));
        Assert.Equal((code, retryable), (fault.Code, fault.Retryable));
        Assert.StartsWith($"generic at {wire.Server.BaseUrl} ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"detail":"no way"}""")]
    [InlineData("""{"detail":[{"loc":["body"],"msg":"no way"}]}""")]
    [InlineData("""{"message":"no way"}""")]
    [InlineData("""{"error":"no way"}""")]
    [InlineData("""[{"error":{"code":400,"message":"no way"}}]""")]
    [InlineData("no way")]
    public async Task The_servers_own_words_are_found_in_many_shapes(string body)
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Contains("saying \"no way\";", (await wire.FailAsync(Raw(400, "application/json", body))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_routers_cause_is_shown_beside_its_own_message()
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Raw(400, "application/json", """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"context too long"}}}"""));
        Assert.Contains("\"Provider returned error: context too long\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_the_server_asks_for_is_passed_on()
    {
        await using var wire = await Wire.OpenAsync();
        var seconds = await wire.FailAsync(Error(429, "slow down").With("Retry-After", "7"));
        Assert.Equal(TimeSpan.FromSeconds(7), seconds.RetryAfter);
        Assert.Contains("try again in 7 s", seconds.Message, StringComparison.Ordinal);
        var date = await wire.FailAsync(Error(503, "slow down").With("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"));
        Assert.Equal(TimeSpan.Zero, date.RetryAfter);
    }

    [Fact]
    public async Task A_used_up_quota_is_not_worth_another_try()
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Raw(429, "application/json", """{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}"""));
        Assert.Equal((ModelErrorCodes.RateLimited, false), (fault.Code, fault.Retryable));
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"too many tokens","type":"invalid_request_error","code":"context_length_exceeded"}}""")]
    [InlineData(400, """{"error":{"message":"This endpoint's maximum context length is 8192 tokens. However, you requested about 9000","code":400}}""")]
    [InlineData(400, """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}""")]
    [InlineData(413, """{"error":{"message":"prompt is too long: 200001 tokens > 200000 maximum"}}""")]
    [InlineData(422, """{"detail":"larger than the context window"}""")]
    [InlineData(200, """{"error":{"message":"Requested tokens exceed context window of 2048","code":400}}""")]
    public async Task A_conversation_that_does_not_fit_has_a_code_of_its_own(int status, string body)
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Raw(status, "application/json", body));
        Assert.Equal((ModelErrorCodes.ContextTooLong, false), (fault.Code, fault.Retryable));
        Assert.Contains("does not fit the model \"fake-model\"", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_errors_about_length_are_not_taken_for_it()
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Equal(ModelErrorCodes.Refused, (await wire.FailAsync(Error(413, "body too large"))).Code);
        Assert.Equal(ModelErrorCodes.RateLimited, (await wire.FailAsync(Error(429, "tokens per minute, see context length"))).Code);
        Assert.Equal(ModelErrorCodes.Withheld, (await wire.FailAsync(Raw(400, "application/json", """{"error":{"message":"filtered","code":"content_filter"}}"""))).Code);
    }

    [Fact]
    public async Task A_web_page_is_named_by_its_title_and_not_dumped()
    {
        await using var wire = await Wire.OpenAsync();
        var failed = await wire.FailAsync(Page(502, "502 Bad Gateway"));
        Assert.Contains("with a web page titled \"502 Bad Gateway\"", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nginx", failed.Message, StringComparison.Ordinal);
        var fine = await wire.FailAsync(Page(200, "Sign in"));
        Assert.Equal((ModelErrorCodes.BadResponse, false), (fine.Code, fine.Retryable));
        Assert.Contains("no chat completion, with a web page titled \"Sign in\"; check providers.generic.base_url", fine.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "It works!", "no chat completion (text/plain), saying \"It works!\"")]
    [InlineData("application/json", """{"status":"ok"}""", "no chat completion (application/json)")]
    [InlineData("application/json", """{"choices":""", "data that is no JSON")]
    [InlineData("text/html", "data: {}\n\n", "no chat completion (text/html)")]
    [InlineData("application/json", "", "with nothing at all")]
    public async Task A_200_that_is_no_completion_is_an_error(string type, string body, string sentence)
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Raw(200, type, body));
        Assert.Equal(ModelErrorCodes.BadResponse, fault.Code);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_the_server_repeats_is_taken_out_in_every_form_even_where_the_text_is_cut()
    {
        await using var wire = await Wire.OpenAsync(headers: new Dictionary<string, string> { ["X-Api-Key"] = "header-secret-value" });
        var bytes = Encoding.UTF8.GetBytes(Wire.Key);
        foreach (var form in (string[])[Wire.Key, Convert.ToBase64String(bytes), Convert.ToHexStringLower(bytes), Uri.EscapeDataString(Wire.Key), "header-secret-value"])
            foreach (var before in (string[])["bad key ", new string('x', ServerMessage.MaxLength - 8)])
            {
                var fault = await wire.FailAsync(Error(401, before + form));
                Assert.DoesNotContain(form[..7], fault.Message, StringComparison.OrdinalIgnoreCase);
            }
    }

    // The naive order, cut and then scrub, leaves the beginning of a key at the end of the text.
    [Fact]
    public void The_check_catches_a_message_that_is_cut_before_it_is_scrubbed()
    {
        var text = new string('x', ServerMessage.MaxLength - 8) + Wire.Key;
        Assert.Contains(Wire.Key[..7], text[..ServerMessage.MaxLength].Replace(Wire.Key, "[key]", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_one_bounded_line_without_terminal_tricks()
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Error(400, "red \u001b[31m\r\nline\u202e " + new string('x', 5000)));
        Assert.Contains("\"red [31m line xxx", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.Length < ServerMessage.MaxLength + 200);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_so()
    {
        await using var elsewhere = await FakeModelServer.StartAsync();
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(RedirectsTo(elsewhere.BaseUrl + "/chat/completions?token=abc"));
        Assert.Equal(ModelErrorCodes.Misconfigured, fault.Code);
        Assert.Contains("redirects to http://127.0.0.1 (307), and redirects are not followed; set providers.generic.base_url", fault.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_stream_without_a_finish_reason_is_no_answer()
    {
        await using var wire = await Wire.OpenAsync();
        var spoken = await wire.FailAsync(Events(Chunk("""{"content":"half"}"""), "[DONE]"));
        Assert.Equal((ModelErrorCodes.CutStream, false), (spoken.Code, spoken.Retryable));
        var silent = await wire.FailAsync(Events(Chunk("""{"role":"assistant"}""")));
        Assert.Equal((ModelErrorCodes.CutStream, true), (silent.Code, silent.Retryable));
        Assert.Equal(ModelErrorCodes.CutStream, (await wire.FailAsync(Raw(200, "text/event-stream", ""))).Code);
    }

    [Fact]
    public async Task A_connection_cut_anywhere_before_the_finish_is_no_answer()
    {
        await using var wire = await Wire.OpenAsync();
        var whole = Events(Chunk("""{"content":"one"}"""), Chunk("""{"content":"two"}"""), Chunk("{}", "stop"));
        for (var at = 0; at < whole.Length - 2; at += 29)
        {
            var fault = await wire.FailAsync(Events(Chunk("""{"content":"one"}"""), Chunk("""{"content":"two"}"""), Chunk("{}", "stop")).CutAfter(at));
            Assert.Equal(ModelErrorCodes.CutStream, fault.Code);
        }
    }

    [Theory]
    [InlineData("""{"error":{"message":"overload","code":503}}""", true, "reported an error, saying \"overload\"; try again")]
    [InlineData("""{"error":{"message":"bad input","type":"invalid_request_error"}}""", false, "reported an error, saying \"bad input\"")]
    [InlineData("""{"error":"plain words"}""", false, "saying \"plain words\"")]
    [InlineData("""{"object":"error","message":"vllm words"}""", false, "saying \"vllm words\"")]
    public async Task An_error_object_in_the_stream_is_no_answer(string data, bool retryable, string sentence)
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Events(data, Chunk("{}", "stop")));
        Assert.Equal((ModelErrorCodes.BadResponse, retryable), (fault.Code, fault.Retryable));
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
        var late = await wire.FailAsync(Events(Chunk("""{"content":"half"}"""), data));
        Assert.Equal((ModelErrorCodes.BadResponse, false), (late.Code, late.Retryable));
        Assert.Contains("in the middle of its answer", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_event_and_an_error_finish_are_no_answers()
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Contains("\"gone\"", (await wire.FailAsync(Stream("event: error\ndata: {\"message\":\"gone\"}\n\n"))).Message, StringComparison.Ordinal);
        Assert.Equal(ModelErrorCodes.BadResponse, (await wire.FailAsync(Events(Chunk("{}", "error")))).Code);
    }

    [Theory]
    [InlineData("{not json}")]
    [InlineData("[1]")]
    public async Task A_chunk_that_is_no_JSON_object_is_no_answer(string data)
    {
        await using var wire = await Wire.OpenAsync();
        var fault = await wire.FailAsync(Events(data, Chunk("{}", "stop"), "[DONE]"));
        Assert.Equal((ModelErrorCodes.BadResponse, true), (fault.Code, fault.Retryable));
    }

    [Fact]
    public async Task An_empty_answer_is_an_error_that_says_which_kind()
    {
        await using var wire = await Wire.OpenAsync();
        var empty = await wire.FailAsync(Events(Chunk("""{"content":" \n"}"""), Chunk("{}", "stop")));
        Assert.StartsWith("the model gave an empty answer (\"fake-model\" of generic at http", empty.Message, StringComparison.Ordinal);
        Assert.True(empty.Retryable);
        var full = await wire.FailAsync(Events(Chunk("""{"reasoning_content":"hm"}"""), Chunk("{}", "length")));
        Assert.Contains("raise model.max_tokens", full.Message, StringComparison.Ordinal);
        Assert.Equal(ModelErrorCodes.Withheld, (await wire.FailAsync(Events(Chunk("{}", "content_filter")))).Code);
        Assert.Contains("without a name", (await wire.FailAsync(Events(Chunk("""{"tool_calls":[{"index":0,"id":"a"}]}"""), Chunk("{}", "tool_calls")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_bounded_in_bytes_in_one_line_and_in_calls()
    {
        await using var wire = await Wire.OpenAsync(limits: new() { AnswerBytes = 20_000, LineBytes = 4_000, Calls = 3 });
        Assert.Contains("longer line", (await wire.FailAsync(Events(Chunk($$"""{"content":"{{new string('x', 5000)}}"}""")))).Message, StringComparison.Ordinal);
        Assert.Contains("20000 bytes", (await wire.FailAsync(Events([.. Enumerable.Repeat(Chunk($$"""{"content":"{{new string('x', 1000)}}"}"""), 30)]))).Message, StringComparison.Ordinal);
        var many = string.Join(',', Enumerable.Range(0, 4).Select(i => $$$"""{"index":{{{i}}},"id":"c{{{i}}}","function":{"name":"fs-read","arguments":"{}"}}"""));
        Assert.Contains("more tool calls", (await wire.FailAsync(Events(Chunk($$"""{"tool_calls":[{{many}}]}"""), Chunk("{}", "stop")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_answer_nobody_asked_for_is_refused()
    {
        await using var wire = await Wire.OpenAsync();
        Assert.Contains("compressed", (await wire.FailAsync(Says("hi").With("Content-Encoding", "gzip"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var fault = await Wire.FailAgainstAsync($"http://127.0.0.1:{port}/v1");
        Assert.Equal((ModelErrorCodes.Unreachable, true), (fault.Code, fault.Retryable));
        Assert.Equal($"generic at http://127.0.0.1:{port}/v1 cannot be reached: the connection was refused; check that the server runs, and providers.generic.base_url", fault.Message);
    }

    [Fact]
    public async Task A_server_without_TLS_behind_an_https_address_is_unreachable()
    {
        await using var server = await FakeModelServer.StartAsync();
        var fault = await Wire.FailAgainstAsync(server.BaseUrl.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.Equal(ModelErrorCodes.Unreachable, fault.Code);
        Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, ModelErrorCodes.Unreachable, "its name does not resolve")]
    [InlineData(HttpRequestError.ResponseEnded, ModelErrorCodes.CutStream, "closed before an answer")]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, ModelErrorCodes.BadResponse, "headers are too long")]
    [InlineData(HttpRequestError.InvalidResponse, ModelErrorCodes.BadResponse, "does not speak HTTP")]
    public void Other_failures_of_the_connection_have_their_sentence(HttpRequestError error, string code, string sentence)
    {
        var endpoint = ModelEndpoint.Create("openai", null, "gpt");
        var fault = new WireFaults(endpoint, new ApiKey("secret-key", "a test"), TimeProvider.System).Unreachable(new HttpRequestException(error));
        Assert.Equal(code, fault.Code);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }
}
