using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes;

/// <summary><c>GET /v1/runs/events/{id}</c>: a run's events as they happen, or again, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
sealed class RunEventRoutes(GatewayRooms rooms)
{
    /// <summary>How often a stream in which nothing happens says that it is there.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    public IEnumerable<Route> All =>
    [
        new("GET", "/v1/runs/events/{id}", "Streams a run's events, from the first or after Last-Event-ID; ends with the run.", FollowAsync)
        {
            GivesType = "text/event-stream", Refusals = [404], Query = [new("after", "Leave out the events up to this id; Last-Event-ID says the same.", "integer")],
            Headers = [new("Last-Event-ID", "Id of the last event that was received.", "integer")],
        },
    ];

    async Task FollowAsync(GatewayCall call)
    {
        var run = call.Run();
        var after = AfterOf(call);
        // Whoever reads does so as long as the token holds.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, call.Holder.TakenAway);
        var mode = (rooms.ConfigNow.Read() ?? rooms.Installation.Config).Output.ThinkingMode;
        await using var events = Found(run, after, mode, over.Token).GetAsyncEnumerator(over.Token);
        var next = events.MoveNextAsync().AsTask();

        var response = call.Http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await response.StartAsync(over.Token);
            while (true)
            {
                while (!next.IsCompleted && await Task.WhenAny(next, Task.Delay(HeartbeatInterval, rooms.Clock, over.Token)) != next)
                {
                    over.Token.ThrowIfCancellationRequested();
                    await WriteAsync(response, string.Create(CultureInfo.InvariantCulture, $"event: heartbeat\ndata: {{\"ts\":\"{rooms.Clock.GetUtcNow():O}\"}}\n\n"), over.Token);
                }
                if (!await next) return;
                await WriteAsync(response, Frame(events.Current), over.Token);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The reader left, or its token was taken away: then the connection goes too.
            if (!call.Gone.IsCancellationRequested) call.Http.Abort();
        }
        catch (FeedException lost) when (lost.Code == FeedException.EndNotStored)
        {
            await WriteAsync(response, $"event: error\ndata: {{\"code\":\"{lost.Code}\"}}\n\n", call.Gone);
        }
        // Nothing may be moving the enumerator when it is disposed.
        finally { await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); }
    }

    // The run is looked for at once, before anything is promised.
    IAsyncEnumerable<FeedEvent> Found(RunId run, long after, ThinkingMode mode, CancellationToken cancellationToken)
    {
        try { return rooms.Feed.FollowAsync(run, after, mode, cancellationToken); }
        catch (FeedException problem) when (problem.Code == FeedException.RunNotFound) { throw RunRoutes.NoRun(); }
    }

    static string Frame(FeedEvent happened) => string.Create(CultureInfo.InvariantCulture, $"id: {happened.Id}\nevent: {happened.Type}\ndata: {happened.ToJson()}\n\n");

    static async Task WriteAsync(HttpResponse response, string frame, CancellationToken cancellationToken)
    {
        await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(frame), cancellationToken);
    }

    static long AfterOf(GatewayCall call)
    {
        var asked = call.Text("after");
        var header = call.Http.Request.Headers["Last-Event-ID"];
        if (header.Count > 1) throw Invalid();
        // What the browser or client saw last is newer than what the address said when the page was opened.
        var text = header is [{ Length: > 0 } last] ? last : asked;
        if (text is null) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Invalid();

        static RequestRefused Invalid() => new(400, "request.invalid_last_event_id", "invalid Last-Event-ID: it must be the number of an event");
    }
}
