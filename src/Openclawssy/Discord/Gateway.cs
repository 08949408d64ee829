using System.Text.Json;
using System.Threading.Channels;
using Openclawssy.Egress;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Stays connected to the gateway and hands on what happens, one event after the other and each at least once: what was not dealt
/// with when a connection, or the process, ended is played again.
/// </summary>
sealed class Gateway(EgressClient egress, Uri home, DiscordToken token, GatewaySessionFile kept, DiscordState state, TimeProvider clock, Randomness chance, DiscordPatience patience, Action<string, Exception> report)
{
    const string Query = "/?v=10&encoding=json";

    /// <summary>Events that wait to be dealt with; then the reading waits too.</summary>
    const int MaxWaiting = 1000;

    /// <summary>Connections in a row that came to nothing, after which a session is gone on with at home instead of where Discord said, and after which it is given up.</summary>
    const int MissesThere = 2, MissesAtHome = 5;

    readonly Backoff backoff = new(patience.FirstReconnect, patience.LongestReconnect, chance);
    volatile GatewaySession? latest;

    /// <summary>The session that was begun last, for who the bot is; null before the first.</summary>
    public GatewaySession? Session => latest;

    /// <exception cref="DiscordStoppedException">There is no use in trying again.</exception>
    public async Task RunAsync(Func<GatewayEvent, Task> handle, CancellationToken cancellationToken)
    {
        var going = latest = kept.Read();
        var events = Channel.CreateBounded<(GatewayEvent, GatewaySession?)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        var dealing = DealAsync(events.Reader, handle, cancellationToken);
        try
        {
            for (int failures = 0, misses = 0; ;)
            {
                state.Is(DiscordPhase.Connecting);
                var began = clock.GetTimestamp();
                if (misses == MissesThere && going is not null) going = going with { ResumeUrl = home.AbsoluteUri };
                (var end, going) = await ConnectAsync(events.Writer, going, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (end.Close.Stops is { } why) throw new DiscordStoppedException(why);

                failures = clock.GetElapsedTime(began) >= patience.GoodConnection ? 1 : failures + 1;
                state.Is(DiscordPhase.Waiting, end.Reason);
                misses = end.WasSignedIn ? 0 : misses + 1;
                if (!end.Close.MayResume || end.WasGreeted && misses >= MissesAtHome) going = null;
                var wait = backoff.After(failures);
                if ((going is null || end.IsInvalidSession) && patience.BeforeSignIn * (0.2 + 0.8 * Backoff.Fraction(chance)) is var asked && asked > wait) wait = asked;
                await Task.Delay(wait, clock, cancellationToken);
            }
        }
        finally
        {
            events.Writer.TryComplete();
            try { await dealing; }
            catch (OperationCanceledException) { }
        }
    }

    /// <returns>How it ended, and the session as far as it was received: what was is on its way to be dealt with, so only what follows is played again.</returns>
    async Task<(ConnectionEnd End, GatewaySession? Going)> ConnectAsync(ChannelWriter<(GatewayEvent, GatewaySession?)> events, GatewaySession? going, CancellationToken cancellationToken)
    {
        EgressSocket socket;
        var address = GatewayAddress.ToResume(home, going?.ResumeUrl);
        try
        {
            using var limit = new CancellationTokenSource(patience.Hello, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            socket = await egress.OpenSocketAsync(new Uri(address.AbsoluteUri.TrimEnd('/') + Query), EgressPolicy.Only(EgressClient.AsHttp(address)).Allow(EgressClient.AsHttp(address)), either.Token);
        }
        // Home is the operator's word; where else to call, Discord's.
        catch (EgressDeniedException denied) when (address == GatewayAddress.ToResume(home, null)) { throw new DiscordStoppedException(denied.Message); }
        catch (Exception broken) when (broken is IOException or HttpRequestException or EgressDeniedException || broken is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var why = broken is OperationCanceledException ? "it does not answer" : OneLine.Escape(broken.Message, 200);
            return (new(new(null, MayResume: true), $"Discord's gateway cannot be reached: {why}"), going);
        }
        using var connection = new GatewayConnection(socket, token, clock, chance);
        var end = await connection.RunAsync(going, patience.Hello, async happened =>
        {
            if (happened.Type == "READY") latest = going = Began(happened) ?? going;
            if (happened.Type is "READY" or "RESUMED") state.Is(DiscordPhase.Connected, bot: happened.Type == "READY" ? BotName(happened.Data) : null);
            if (going is not null) going = going with { Seq = connection.LastSeq };
            await events.WriteAsync((happened, going), cancellationToken);
        }, cancellationToken);
        return (end, going);
    }

    async Task DealAsync(ChannelReader<(GatewayEvent Event, GatewaySession? Session)> events, Func<GatewayEvent, Task> handle, CancellationToken cancellationToken)
    {
        await foreach (var (happened, session) in events.ReadAllAsync(cancellationToken))
        {
            try { await handle(happened); }
            catch (Exception problem) { report($"an event of Discord ({happened.Type})", problem); }
            if (session is null) continue;
            // Only now: after a crash everything that was not dealt with comes again.
            try { kept.Write(session); }
            catch (IOException problem) { report("the place where Discord's session is kept", problem); }
        }
    }

    static GatewaySession? Began(GatewayEvent ready) =>
        Json.Text(ready.Data, "session_id") is { } id && Json.Text(ready.Data, "resume_gateway_url") is { } url && Json.Id(Json.In(ready.Data, "user"), "id") is { } bot
            ? new(id, url, ready.Seq, bot, Json.Id(Json.In(ready.Data, "application"), "id") ?? "") : null;

    static string? BotName(JsonElement ready) => Json.Text(Json.In(ready, "user"), "username") is { } name ? OneLine.Escape(name, 64) : null;
}
