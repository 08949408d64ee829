using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.TestKit;

/// <summary>One answer of a <see cref="FakeModelServer"/>: bytes, pauses that wait for a signal, and perhaps an abrupt end.</summary>
public sealed class FakeAnswer
{
    static int ids;

    readonly List<byte> content = [];
    readonly List<(string Name, string Value)> headers = [];
    readonly List<Func<HttpContext, CancellationToken, Task>> steps = [];

    FakeAnswer(int status, string? contentType) => (Status, ContentType) = (status, contentType);

    public int Status { get; }

    public string? ContentType { get; }

    /// <summary>Text as a good server streams it: role, words, finish reason, usage, done.</summary>
    public static FakeAnswer Says(string text, string finish = "stop", string? thinking = null)
    {
        var events = new List<string> { Chunk("""{"role":"assistant","content":""}""") };
        if (thinking is not null) events.Add(Chunk($$"""{"reasoning_content":{{Quote(thinking)}}}"""));
        foreach (var piece in Pieces(text, 12)) events.Add(Chunk($$"""{"content":{{Quote(piece)}}}"""));
        events.Add(Chunk("{}", finish));
        events.Add(Usage());
        return Events([.. events, "[DONE]"]);
    }

    /// <summary>Tool calls side by side, told apart by index, arguments in fragments.</summary>
    public static FakeAnswer Calls(params (string Tool, string Arguments)[] calls) =>
        CallsWithIds([.. calls.Select(call => ($"call_{Interlocked.Increment(ref ids):x}{call.Tool.Length}", call.Tool, call.Arguments))]);

    public static FakeAnswer CallsWithIds(params (string Id, string Tool, string Arguments)[] calls)
    {
        var events = new List<string> { Chunk("""{"role":"assistant","content":null}""") };
        for (var i = 0; i < calls.Length; i++)
        {
            var (id, tool, arguments) = calls[i];
            events.Add(Chunk($$$"""{"tool_calls":[{"index":{{{i}}},"id":{{{Quote(id)}}},"type":"function","function":{"name":{{{Quote(WireName(tool))}}},"arguments":""}}]}"""));
            foreach (var piece in Pieces(arguments, 7))
                events.Add(Chunk($$$"""{"tool_calls":[{"index":{{{i}}},"function":{"arguments":{{{Quote(piece)}}}}}]}"""));
        }
        events.Add(Chunk("{}", "tool_calls"));
        events.Add(Usage());
        return Events([.. events, "[DONE]"]);
    }

    /// <summary>A 200 event stream of exactly these data lines.</summary>
    public static FakeAnswer Events(params string[] data) => Stream([.. data.Select(line => $"data: {line}\n\n")]);

    /// <summary>A 200 event stream of exactly this text, one write per part.</summary>
    public static FakeAnswer Stream(params string[] parts)
    {
        var answer = new FakeAnswer(200, "text/event-stream");
        foreach (var part in parts) answer.Sends(part);
        return answer;
    }

    /// <summary>Any status, type and body.</summary>
    public static FakeAnswer Raw(int status, string? contentType, string body) => new FakeAnswer(status, contentType).Sends(body);

    public static FakeAnswer Error(int status, string message) =>
        Raw(status, "application/json", $$$"""{"error":{"message":{{{Quote(message)}}},"type":"fake","code":{{{status}}}}}""");

    public static FakeAnswer Page(int status, string title) =>
        Raw(status, "text/html; charset=utf-8", $"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1><p>nginx</p></body></html>");

    /// <summary>A whole completion, as servers answer that do not stream.</summary>
    public static FakeAnswer Whole(string messageJson, string finish = "stop") => Raw(200, "application/json",
        $$$"""{"id":"cmpl-1","object":"chat.completion","model":"fake-model","choices":[{"index":0,"message":{{{messageJson}}},"finish_reason":"{{{finish}}}"}],"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16}}""");

    public static FakeAnswer RedirectsTo(string address) => new FakeAnswer(307, null).With("Location", address);

    /// <summary>One chunk's data line.</summary>
    public static string Chunk(string deltaJson, string? finish = null) =>
        $$$"""{"id":"cmpl-1","object":"chat.completion.chunk","model":"fake-model","choices":[{"index":0,"delta":{{{deltaJson}}},"finish_reason":{{{(finish is null ? "null" : Quote(finish))}}}}]}""";

    public static string Usage() =>
        """{"id":"cmpl-1","object":"chat.completion.chunk","model":"fake-model","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16}}""";

    public static string Quote(string text) => JsonValue.Create(text)!.ToJsonString();

    public FakeAnswer With(string header, string value)
    {
        headers.Add((header, value));
        return this;
    }

    public FakeAnswer Sends(string text) => SendsBytes(Encoding.UTF8.GetBytes(text));

    public FakeAnswer SendsBytes(byte[] bytes)
    {
        if (bytes.Length == 0) return this;
        steps.Add(async (context, cancellationToken) =>
        {
            await context.Response.Body.WriteAsync(bytes, cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        });
        content.AddRange(bytes);
        return this;
    }

    /// <summary>Nothing of it is sent before the signal.</summary>
    public FakeAnswer After(Task signal)
    {
        steps.Insert(0, (_, cancellationToken) => signal.WaitAsync(cancellationToken));
        return this;
    }

    /// <summary>What follows waits until the signal is given, or the test ends.</summary>
    public FakeAnswer Waits(Task signal)
    {
        steps.Add((_, cancellationToken) => signal.WaitAsync(cancellationToken));
        return this;
    }

    /// <summary>The connection is torn down here.</summary>
    public FakeAnswer Aborts()
    {
        steps.Add((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        return this;
    }

    /// <summary>The same answer with its connection torn down after so many bytes of the body.</summary>
    public FakeAnswer CutAfter(int bytes)
    {
        var cut = new FakeAnswer(Status, ContentType);
        cut.headers.AddRange(headers);
        return cut.SendsBytes(content.ToArray()[..Math.Min(bytes, Length)]).Aborts();
    }

    /// <summary>Bytes of the body.</summary>
    public int Length => content.Count;

    /// <summary>The same answer sent in one write, for benchmarks.</summary>
    internal FakeAnswer Frozen() => new FakeAnswer(Status, ContentType).SendsBytes(content.ToArray());

    internal async Task SendAsync(HttpContext context, CancellationToken closing)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(closing, context.RequestAborted);
        context.Response.StatusCode = Status;
        if (ContentType is not null) context.Response.ContentType = ContentType;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        try
        {
            await context.Response.StartAsync(until.Token);
            foreach (var step in steps) await step(context, until.Token);
        }
        catch (OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    static string WireName(string tool) => tool.Replace('.', '-');

    static IEnumerable<string> Pieces(string text, int size)
    {
        for (var at = 0; at < text.Length; at += size) yield return text.Substring(at, Math.Min(size, text.Length - at));
    }
}
