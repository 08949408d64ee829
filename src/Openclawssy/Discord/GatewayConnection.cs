using System.Buffers;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>How a connection ended.</summary>
/// <param name="Close">What comes next.</param>
/// <param name="Reason">For people.</param>
readonly record struct ConnectionEnd(GatewayClose Close, string Reason)
{
    /// <summary>The server said hello.</summary>
    public bool WasGreeted { get; init; }

    /// <summary>A session began on it, or was gone on with.</summary>
    public bool WasSignedIn { get; init; }

    /// <summary>The server does not go on with the session, at least not now.</summary>
    public bool IsInvalidSession { get; init; }
}

/// <summary>One connection to the gateway: greeted, signed in or gone on with, kept alive, read to its end.</summary>
sealed class GatewayConnection(EgressSocket socket, DiscordToken token, TimeProvider clock, Randomness chance) : IDisposable
{
    // Messages of servers and of direct talks with their text, and the reactions to them: nothing else is asked for.
    const int Intents = 1 << 9 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 15;

    readonly CancellationTokenSource ended = new();
    long lastSeq = -1;
    volatile bool acknowledged = true, zombie, greeted, signedIn;

    /// <summary>Reads until the connection ends. The beats go on beside it.</summary>
    /// <param name="session">The one to go on with; null begins a new one.</param>
    /// <param name="happened">Is given each event; what it waits for, the reading waits for too.</param>
    public async Task<ConnectionEnd> RunAsync(GatewaySession? session, TimeSpan helloLimit, Func<GatewayEvent, ValueTask> happened, CancellationToken cancellationToken) =>
        await ReadAsync(session, helloLimit, happened, cancellationToken) with { WasGreeted = greeted, WasSignedIn = signedIn };

    async Task<ConnectionEnd> ReadAsync(GatewaySession? session, TimeSpan helloLimit, Func<GatewayEvent, ValueTask> happened, CancellationToken cancellationToken)
    {
        if (session is not null) lastSeq = session.Seq;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
        var beating = Task.CompletedTask;
        try
        {
            using var greeting = new CancellationTokenSource(helloLimit, clock);
            using (var limited = CancellationTokenSource.CreateLinkedTokenSource(either.Token, greeting.Token))
            {
                var hello = await NextAsync(limited.Token);
                if (hello.End is { } refused) return refused;
                if (hello.Op != GatewayOp.Hello || Json.In(hello.Data, "heartbeat_interval") is not { ValueKind: JsonValueKind.Number } interval || !interval.TryGetInt64(out var milliseconds) || milliseconds is < 1 or > 86_400_000)
                    return Lost("the server did not say hello");
                greeted = true;
                beating = BeatAsync(TimeSpan.FromMilliseconds(milliseconds), either.Token);
            }
            await SendAsync(session is null ? Identify : json => Resume(json, session), either.Token);
            while (true)
            {
                var (op, data, seq, type, end) = await NextAsync(either.Token);
                if (end is { } closed) return closed;
                switch (op)
                {
                    case GatewayOp.Dispatch when type is not null:
                        // Never backwards: an event that comes late does not take others back.
                        if (seq is { } number) Interlocked.Exchange(ref lastSeq, Math.Max(number, Interlocked.Read(ref lastSeq)));
                        signedIn |= type is "READY" or "RESUMED";
                        await happened(new(seq ?? 0, type, data));
                        break;
                    case GatewayOp.Heartbeat:
                        await SendAsync(Heartbeat, either.Token);
                        break;
                    case GatewayOp.HeartbeatAck:
                        acknowledged = true;
                        break;
                    case GatewayOp.Reconnect: return Lost("Discord asked to connect again");
                    case GatewayOp.InvalidSession: return new(new(null, data.ValueKind == JsonValueKind.True), "Discord does not go on with the session") { IsInvalidSession = true };
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { return Lost(zombie ? "Discord stopped answering" : "the server did not say hello"); }
        catch (Exception broken) when (broken is IOException or JsonException) { return Lost(broken is IOException ? broken.Message : "the server sent what is no JSON"); }
        finally
        {
            await ended.CancelAsync();
            await beating;
        }
    }

    /// <summary>The session as it stands: Discord plays everything after <see cref="GatewaySession.Seq"/> again.</summary>
    public long LastSeq => Interlocked.Read(ref lastSeq);

    static ConnectionEnd Lost(string reason) => new(new(null, MayResume: true), reason);

    async ValueTask<(int Op, JsonElement Data, long? Seq, string? Type, ConnectionEnd? End)> NextAsync(CancellationToken cancellationToken)
    {
        var message = await socket.ReceiveAsync(cancellationToken);
        if (message.Closed is { } code) return (-1, default, null, null, new(GatewayClose.Of(code), $"Discord closed the connection ({code})"));
        using var json = JsonDocument.Parse(message.Bytes);
        var root = json.RootElement;
        if (Json.In(root, "op") is not { ValueKind: JsonValueKind.Number } op || !op.TryGetInt32(out var number)) return (-1, default, null, null, null);
        return (number, root.TryGetProperty("d", out var data) ? data.Clone() : default,
            Json.In(root, "s") is { ValueKind: JsonValueKind.Number } s && s.TryGetInt64(out var seq) ? seq : null, Json.Text(root, "t"), null);
    }

    async Task BeatAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        try
        {
            // The first beat comes at random within the interval, so that a million bots do not beat as one.
            for (var wait = interval * Backoff.Fraction(chance); ; wait = interval)
            {
                await Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, clock, cancellationToken);
                if (!acknowledged)
                {
                    // The line is dead though nobody said so.
                    zombie = true;
                    await ended.CancelAsync();
                    return;
                }
                acknowledged = false;
                await SendAsync(Heartbeat, cancellationToken);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException) { }
    }

    void Heartbeat(Utf8JsonWriter json)
    {
        json.WriteNumber("op", GatewayOp.Heartbeat);
        if (LastSeq is >= 0 and var seq) json.WriteNumber("d", seq);
        else json.WriteNull("d");
    }

    void Identify(Utf8JsonWriter json)
    {
        json.WriteNumber("op", GatewayOp.Identify);
        json.WriteStartObject("d");
        token.Write(json);
        json.WriteNumber("intents", Intents);
        json.WriteStartObject("properties");
        json.WriteString("os", "linux");
        json.WriteString("browser", "openclawssy");
        json.WriteString("device", "openclawssy");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void Resume(Utf8JsonWriter json, GatewaySession session)
    {
        json.WriteNumber("op", GatewayOp.Resume);
        json.WriteStartObject("d");
        token.Write(json);
        json.WriteString("session_id", session.Id);
        json.WriteNumber("seq", session.Seq);
        json.WriteEndObject();
    }

    ValueTask SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return socket.SendAsync(bytes.WrittenMemory, cancellationToken);
    }

    /// <summary>Without a goodbye: a session that was not ended can be gone on with, by the next process too.</summary>
    public void Dispose()
    {
        socket.Dispose();
        ended.Dispose();
    }
}
