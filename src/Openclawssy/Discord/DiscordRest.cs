using System.Net;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>One request to Discord.</summary>
/// <param name="Route">Method and path with what is named left out: the kind of request.</param>
/// <param name="About">The channel it is about, for its limit.</param>
/// <param name="Attempts">0 as many as the channel has patience for; 1 for what nobody misses.</param>
sealed record DiscordRequest(HttpMethod Method, string Path, string Route, string About, DiscordBody? Body = null, int Attempts = 0)
{
    /// <summary>Answers to interactions are known by their address; the limit over everything does not count them.</summary>
    public bool IsInteraction { get; init; }

    /// <summary>Ends the waiting for its turn. A request on its way is never broken off by it: nobody would know whether it comes to pass, and when.</summary>
    public CancellationToken Over { get; init; }
}

/// <summary>A request's body and what it is.</summary>
sealed record DiscordBody(string ContentType, byte[] Bytes);

/// <summary>Talks to Discord's HTTP interface and to nothing else: keeps its limits, tries again what may pass, and alone puts the token on a request.</summary>
sealed class DiscordRest(EgressClient egress, Uri home, DiscordToken token, TimeProvider clock, Randomness chance, DiscordPatience patience)
{
    const int MaxAnswer = 1024 * 1024;

    readonly EgressPolicy policy = EgressPolicy.Only(home);
    readonly RouteLimits limits = new(clock, patience.LongestAsked);
    readonly Backoff backoff = new(patience.FirstRetry, patience.LongestRetry, chance);

    /// <returns>What it answered; an undefined element when that was nothing.</returns>
    /// <exception cref="DiscordStoppedException">The token is not valid.</exception>
    /// <exception cref="DiscordRefusedException">It will not do that.</exception>
    /// <exception cref="DiscordUnavailableException">Not now.</exception>
    public async Task<JsonElement> SendAsync(DiscordRequest request, CancellationToken cancellationToken)
    {
        var attempts = request.Attempts > 0 ? request.Attempts : patience.Attempts;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, request.Over);
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan wait;
            string problem;
            Exception? cause = null;
            using (var turn = await limits.EnterAsync(request.Route, request.About, !request.IsInteraction, waiting.Token))
            {
                try
                {
                    var (answer, asked) = await OnceAsync(request, turn, cancellationToken);
                    if (answer is { } good) return good;
                    // The bucket knows how long it is closed; the next turn waits for it.
                    (wait, problem) = asked is { } told ? (TimeSpan.Zero, $"it asks to wait {told.TotalSeconds:0} s") : (backoff.After(attempt), "it has a fault of its own");
                    if (asked > patience.LongestAsked) attempt = attempts;
                }
                catch (Exception broken) when (broken is HttpRequestException or IOException || broken is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                {
                    (wait, problem, cause) = (backoff.After(attempt), "it cannot be reached", broken);
                }
                catch (EgressDeniedException denied) { throw new DiscordStoppedException(denied.Message); }
            }
            if (attempt >= attempts) throw new DiscordUnavailableException($"Discord did not do {request.Route} after {attempts} attempts: {problem}", cause);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, waiting.Token);
        }
    }

    /// <summary>An answer, or a wait that was asked for; neither means a fault of the server.</summary>
    async Task<(JsonElement? Answer, TimeSpan? Asked)> OnceAsync(DiscordRequest request, RouteLimits.Turn turn, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(home.AbsoluteUri.TrimEnd('/') + request.Path));
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body.Bytes);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
        }
        message.Headers.TryAddWithoutValidation("User-Agent", $"DiscordBot (openclawssy, {Cli.VersionText.Number})");
        var to = policy.Allow(message.RequestUri!);
        if (!request.IsInteraction) token.Authorize(message);

        using var limit = new CancellationTokenSource(patience.Request, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var response = await egress.SendAsync(message, to, either.Token);
        var json = await ReadAsync(response, either.Token);
        if (response.IsSuccessStatusCode)
        {
            turn.Learn(response.Headers);
            return (json, null);
        }
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            var seconds = Number(json, "retry_after") ?? RouteLimits.Number(response.Headers, "Retry-After") ?? 1;
            // Without a word of Discord's it is what stands before Discord, and shuts this whole machine out.
            var isGlobal = RouteLimits.Text(response.Headers, "X-RateLimit-Global") is not null || RouteLimits.Text(response.Headers, "X-RateLimit-Scope") == "global"
                || Json.Flag(json, "global") || Number(json, "retry_after") is null && RouteLimits.Text(response.Headers, "X-RateLimit-Bucket") is null;
            var asked = RouteLimits.Seconds(seconds);
            turn.Learn(response.Headers, asked, isGlobal);
            return (null, asked);
        }
        turn.Learn(response.Headers);
        // Discord's own refusals say what is wrong, with a number. A proxy's page, or a redirect, refuses nothing for good.
        if ((int)response.StatusCode is >= 500 or 408 or < 400 || Json.Number(json, "code") is null && response.StatusCode != HttpStatusCode.Unauthorized) return default;
        if (response.StatusCode == HttpStatusCode.Unauthorized && !request.IsInteraction)
            throw new DiscordStoppedException($"Discord does not accept the bot token from {token.Source}; make a new one in the developer portal and set it again");
        throw new DiscordRefusedException(response.StatusCode, Json.Number(json, "code") ?? 0, request.Route);
    }

    static double? Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    /// <summary>What is no JSON counts as nothing said: a proxy's page, for example.</summary>
    static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (kept.Length <= MaxAnswer && await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count) kept.Write(buffer, 0, count);
        if (kept.Length is 0 or > MaxAnswer) return default;
        try
        {
            using var document = JsonDocument.Parse(kept.ToArray());
            return document.RootElement.Clone();
        }
        catch (JsonException) { return default; }
    }
}
