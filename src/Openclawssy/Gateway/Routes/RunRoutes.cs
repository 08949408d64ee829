using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Routes;

/// <summary><c>/v1/runs</c>: ask for runs, list them, read one, cancel one.</summary>
sealed class RunRoutes(GatewayRooms rooms)
{
    /// <summary>Longest body of an order, in bytes; the message may fill it.</summary>
    const int MaxOrder = 1024 * 1024;

    const int NormalPage = 50, LargestPage = 500;

    readonly RequestKeys keys = new(rooms.Queue, rooms.Index);

    public IEnumerable<Route> All =>
    [
        new("POST", "/v1/runs", "Asks for a run. It is on disk when its id is given, and runs when its turn comes.", AskAsync)
        {
            Takes = GatewayJson.Default.RunOrder, Gives = GatewayJson.Default.RunAccepted, Success = StatusCodes.Status202Accepted, Refusals = [404, 409, 413, 415, 422, 503],
            Headers = [new("Idempotency-Key", "The client's own name for this request, at most 255 visible characters: repeated, it gives the same run again.")],
        },
        new("GET", "/v1/runs", "Lists runs, the newest first.", ListAsync)
        {
            Gives = GatewayJson.Default.RunList, Refusals = [503],
            Query =
            [
                new("status", "Only runs in this state."), new("agent_id", "Only this agent's runs."), new("source", "Only runs that came this way."),
                new("limit", "1 to 500; 50 when left out.", "integer"), new("offset", "Leave out this many first.", "integer"),
            ],
        },
        new("GET", "/v1/runs/{id}", "Shows one run.", ShowAsync) { Gives = GatewayJson.Default.RunRecord, Refusals = [404] },
        new("POST", "/v1/runs/{id}/cancel", "Cancels a run, in whatever process it goes on.", CancelAsync) { Gives = GatewayJson.Default.CancelReply, Refusals = [404] },
    ];

    async Task AskAsync(GatewayCall call)
    {
        // The body's bytes are what a repeated request is compared by.
        var bytes = await JsonBody.BytesAsync(call.Http, MaxOrder);
        var order = JsonBody.Parse(bytes.Span, GatewayJson.Default.RunOrder);
        if (order.AgentId.Trim().Length == 0 || order.Message.Trim().Length == 0) throw RequestRefused.InvalidInput("agent_id and message are required");
        var agent = rooms.Agent(GatewayCall.Agent(order.AgentId));
        var credential = call.Holder.Credential;
        var isNeighbour = credential == HandoverKey.Credential;
        var channel = isNeighbour ? "cli.detach" : "http";
        var request = new RunRequest(
            agent, order.Message, channel, Authority.Sent(channel, credential, agent), new(isNeighbour ? "operator" : "user", $"{channel}/{credential}"), null,
            SessionOf(agent, order.SessionId), ThinkingOf(order.ThinkingMode), KeyOf(call, credential, bytes.Span));
        var run = await keys.AcceptAsync(request, call.Gone);
        call.Http.Response.Headers.Location = $"/v1/runs/{run}";
        await call.AnswerAsync(new(run.ToString(), RunSummary.Queued, request.Session?.ToString()), GatewayJson.Default.RunAccepted);
    }

    async Task ListAsync(GatewayCall call)
    {
        var (limit, offset) = (call.Number("limit", NormalPage, 1, LargestPage), call.Number("offset", 0, 0, int.MaxValue));
        var filter = new RunFilter(call.Text("agent_id") is { } agent ? GatewayCall.Agent(agent) : null, call.Text("status"), call.Text("source"));
        RunPage page;
        try { page = await rooms.Index.ListAsync(filter, limit, offset, call.Gone); }
        catch (IndexException problem) { throw new RequestRefused(503, "runs.list_failed", problem.Message); }
        await call.AnswerAsync(new(limit, offset, page.Total, [.. page.Runs.Select(RunRecord.Of)]), GatewayJson.Default.RunList);
    }

    async Task ShowAsync(GatewayCall call)
    {
        var id = call.Run();
        var run = (rooms.Archive.Find(id) is { } place ? rooms.Archive.Detail(place) : null) ?? throw NoRun();
        // An end stands in the journal a moment before it is on disk with everything that belongs to it; nobody is told of it sooner.
        if (run.Run.HasEnded && rooms.Runner.Tracker.IsRunning(id))
            await foreach (var _ in rooms.Feed.FollowAsync(id, run.Run.Seq, ThinkingMode.Never, call.Gone)) { }
        await call.AnswerAsync(RunRecord.Of(run), GatewayJson.Default.RunRecord);
    }

    Task CancelAsync(GatewayCall call)
    {
        var run = call.Run();
        var actor = call.Holder.Credential;
        var answer = new RunControl(rooms.Archive, new(AgentId.Parse("default"), $"operator {actor}", static _ => true), () => rooms.Record(actor, "run.cancel", ("run_id", run.ToString()))).Cancel(run);
        if (answer.Status is null) throw NoRun();
        // Here it is told at once, and not when the run looks at its files.
        if (answer.Requested) rooms.Runner.Tracker.Cancel(run, $"operator {actor}");
        return call.AnswerAsync(new(run.ToString(), answer.Requested, answer.Status), GatewayJson.Default.CancelReply);
    }

    public static RequestRefused NoRun() => RequestRefused.NotFound("run.not_found", "run not found");

    public static ThinkingMode? ThinkingOf(string? word) =>
        word is null || word.Trim().Length == 0 ? null
        : ConfigWords.TryParse(word.Trim().ToLowerInvariant(), out ThinkingMode mode) ? mode
        : throw new RequestRefused(400, "request.invalid_thinking_mode", "thinking_mode must be one of never|on_error|always");

    SessionId? SessionOf(AgentId agent, string? text)
    {
        if (text is null) return null;
        if (!SessionId.TryParse(text, out var id)) throw RequestRefused.InvalidInput("that is no session id");
        return rooms.Sessions.Find(agent, id) switch
        {
            null => throw RequestRefused.NotFound("session.not_found", $"agent \"{agent}\" has no session {id}"),
            { IsClosed: true } => throw new RequestRefused(409, "session.closed", $"the session {id} is closed; begin another one"),
            _ => id,
        };
    }

    static RequestKey? KeyOf(GatewayCall call, string credential, ReadOnlySpan<byte> body)
    {
        if (call.Http.Request.Headers["Idempotency-Key"] is not { Count: > 0 } values) return null;
        if (values is not [{ Length: >= 1 and <= 255 } key] || key.Any(c => c is < '!' or > '~')) throw RequestRefused.InvalidInput("Idempotency-Key must be one value of 1 to 255 visible ASCII characters");
        return new(Hash(Encoding.UTF8.GetBytes($"{credential}\n{key}")), Hash(body));
    }

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
