using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Openclawssy.Gateway.Tokens;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// One line for each request: when, from where, which route, the answer, how long, who. Never an address' query, a header or a body.
/// Lines wait in a bounded queue; a slow reader of the log loses lines, which are counted, and holds nobody up.
/// </summary>
sealed class AccessLog : IAsyncDisposable
{
    /// <summary>Lines that wait to be written.</summary>
    public const int MaxWaiting = 1024;

    readonly Channel<string> lines;
    readonly TimeProvider clock;
    readonly Task writing;
    long lost;

    public AccessLog(TextWriter into, TimeProvider clock)
    {
        this.clock = clock;
        lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite }, _ => Interlocked.Increment(ref lost));
        writing = Task.Run(async () =>
        {
            await foreach (var line in lines.Reader.ReadAllAsync())
            {
                await WriteAsync(into, line);
                if (Interlocked.Exchange(ref lost, 0) is > 0 and var missing) await WriteAsync(into, string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {missing} lines of this log were lost: it was not read fast enough"));
            }
        });
    }

    static async Task WriteAsync(TextWriter into, string line)
    {
        try { await into.WriteLineAsync(line); }
        // A log nobody takes is no reason to stop serving.
        catch (Exception problem) when (problem is IOException or ObjectDisposedException) { }
    }

    public void Write(HttpContext context, TimeSpan took)
    {
        var route = context.GetEndpoint() is RouteEndpoint known ? known.RoutePattern.RawText : "(none)";
        var who = context.Features.Get<TokenHolder>()?.Credential ?? "-";
        lines.Writer.TryWrite(string.Create(CultureInfo.InvariantCulture,
            $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {context.Connection.RemoteIpAddress} {Verb(context.Request.Method)} {route} {context.Response.StatusCode} {took.TotalMilliseconds:0.0}ms {who}"));
    }

    // A method is the client's text.
    static string Verb(string method) => method is "GET" or "POST" or "DELETE" or "PATCH" or "PUT" or "HEAD" or "OPTIONS" ? method : "OTHER";

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing;
    }
}
