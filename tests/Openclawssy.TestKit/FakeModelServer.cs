using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Openclawssy.TestKit;

/// <summary>
/// A model server on loopback that says what it was told to say, over real HTTP, and checks every request against the rules of the
/// protocol (<see cref="FakeModelRules"/>). End a test with <see cref="AssertClean"/>.
/// </summary>
public sealed class FakeModelServer : IAsyncDisposable
{
    readonly ConcurrentQueue<FakeAnswer> script = new();
    readonly ConcurrentQueue<FakeRequest> requests = new();
    readonly ConcurrentQueue<string> violations = new();
    readonly CancellationTokenSource closing = new();
    readonly WebApplication app;
    Func<FakeRequest, FakeAnswer>? responds;
    FakeInstantAnswers? instant;

    FakeModelServer(WebApplication app) => this.app = app;

    /// <summary>What a client is configured with, for example <c>http://127.0.0.1:40123/v1</c>.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>What every request must obey. Set <see cref="FakeModelRules.ExpectedKey"/> and plant secrets here.</summary>
    public FakeModelRules Rules { get; } = new();

    /// <summary>False lets every request through unread; for benchmarks.</summary>
    public bool Checks { get; set; } = true;

    /// <summary>What a server says that takes no tools, to every request that carries some; null takes them.</summary>
    public FakeAnswer? ToolsRefusal { get; set; }

    public IReadOnlyList<FakeRequest> Requests => [.. requests];

    public IReadOnlyList<string> Violations => [.. violations];

    /// <param name="expectedKey">The key every request must carry; null accepts any.</param>
    /// <param name="port">0 takes a free one.</param>
    public static async Task<FakeModelServer> StartAsync(string? expectedKey = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var server = new FakeModelServer(app);
        server.Rules.ExpectedKey = expectedKey;
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.BaseUrl = app.Urls.First() + "/v1";
        return server;
    }

    /// <summary>The next answer asks for one tool call.</summary>
    public FakeModelServer Calls(string tool, string argumentsJson) => Answers(FakeAnswer.Calls((tool, argumentsJson)));

    /// <summary>The next answer is text.</summary>
    public FakeModelServer Says(string text) => Answers(FakeAnswer.Says(text));

    /// <summary>The same as <see cref="Says"/>, for the end of a sentence.</summary>
    public FakeModelServer Then(string text) => Says(text);

    public FakeModelServer Answers(params FakeAnswer[] answers)
    {
        foreach (var answer in answers) script.Enqueue(answer);
        return this;
    }

    /// <summary>From now on each request without a scripted answer is answered by a function of it.</summary>
    public FakeModelServer Responds(Func<FakeRequest, FakeAnswer> answer)
    {
        responds = answer;
        return this;
    }

    /// <summary>From now on each request is answered at once: <paramref name="calls"/> tool calls, then a text. Any number of conversations at a time.</summary>
    public FakeModelServer AnswersAtOnce(int calls, string tool, string argumentsJson, string finalText = "done")
    {
        instant = new(calls, tool, argumentsJson, finalText);
        return this;
    }

    /// <exception cref="InvalidOperationException">Some request broke a rule, or an answer was never asked for.</exception>
    public void AssertClean(bool allAnswersUsed = true)
    {
        var found = violations.ToList();
        if (allAnswersUsed && !script.IsEmpty) found.Add($"{script.Count} scripted answer(s) were never asked for");
        if (found.Count > 0) throw new InvalidOperationException("the model server was not content:\n" + string.Join('\n', found));
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        closing.Dispose();
    }

    async Task AnswerAsync(HttpContext context)
    {
        var body = await BodyAsync(context.Request);
        if (instant is { } quick && !Checks)
        {
            await quick.For(body).SendAsync(context, closing.Token);
            return;
        }

        var request = new FakeRequest(
            context.Request.Method, context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body);
        requests.Enqueue(request);
        var broken = Rules.Check(request);
        foreach (var rule in broken) violations.Enqueue($"request {requests.Count}: {rule}");
        var answer = broken.Count > 0 ? FakeAnswer.Error(400, string.Join("; ", broken))
            : ToolsRefusal is not null && body.AsSpan().IndexOf("\"tools\":["u8) >= 0 ? ToolsRefusal
            : instant is not null ? instant.For(body)
            : script.TryDequeue(out var next) ? next
            : responds is not null ? responds(request) : Unscripted();
        await answer.SendAsync(context, closing.Token);
    }

    FakeAnswer Unscripted()
    {
        violations.Enqueue($"request {requests.Count}: there was no scripted answer left");
        return FakeAnswer.Error(500, "no scripted answer left");
    }

    static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? 4096));
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}

/// <summary>One request as it arrived.</summary>
public sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>Answers computed from the request alone: which call is next follows from the last tool result's id.</summary>
sealed class FakeInstantAnswers
{
    readonly FakeAnswer[] calls;
    readonly FakeAnswer final;

    public FakeInstantAnswers(int count, string tool, string argumentsJson, string finalText)
    {
        calls = new FakeAnswer[count];
        for (var i = 0; i < count; i++) calls[i] = FakeAnswer.CallsWithIds(($"call_{i + 1}", tool, argumentsJson)).Frozen();
        final = FakeAnswer.Says(finalText).Frozen();
    }

    public FakeAnswer For(ReadOnlySpan<byte> body)
    {
        var lastResult = body.LastIndexOf("\"tool_call_id\":\"call_"u8);
        if (lastResult < body.LastIndexOf("\"role\":\"user\""u8)) lastResult = -1;
        var made = 0;
        if (lastResult >= 0)
            foreach (var digit in body[(lastResult + "\"tool_call_id\":\"call_"u8.Length)..])
            {
                if (digit is < (byte)'0' or > (byte)'9') break;
                made = made * 10 + digit - '0';
            }
        return made < calls.Length ? calls[made] : final;
    }
}
