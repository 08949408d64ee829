using System.Net.Sockets;
using System.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>
/// The proxy of one command: HTTP requests with a whole address, and tunnels that carry TLS to the name they were asked for. Each is
/// asked of the policy, recorded before anything is resolved or dialled, and goes through the same door as everything else. It adds nothing: no
/// credential, no header, no cookie.
/// </summary>
/// <param name="record">Awaited: what cannot be recorded is not done.</param>
sealed class CommandProxy(EgressClient client, Func<Uri, Destination> allow, Func<NetworkVerdict, ValueTask> record, TimeProvider clock, ProxyLimits limits) : ICommandNetwork
{
    /// <summary>Lines that are shown of what a command asked for; the records have all.</summary>
    const int Shown = 40;

    /// <summary>The target of a request that names none.</summary>
    const string Unclear = "an unclear request";

    readonly List<string> seen = [];
    int connections;

    public IReadOnlyList<string> Seen
    {
        get { lock (seen) return seen.Count <= Shown ? [.. seen] : [.. seen.Take(Shown), $"and {seen.Count - Shown} more, all in the audit"]; }
    }

    public async Task ServeAsync(Stream connection, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref connections);
        try
        {
            if (number > limits.Connections)
            {
                var full = $"a command makes at most {limits.Connections} connections";
                if (number == limits.Connections + 1) await DenyAsync("every further connection", full);
                throw new ProxyRefusal(403, full);
            }
            await AnswerAsync(new(connection), connection, cancellationToken);
        }
        catch (ProxyRefusal refusal) { await SayAsync(connection, refusal, cancellationToken); }
    }

    async Task AnswerAsync(ProxyInput input, Stream output, CancellationToken cancellationToken)
    {
        using var wait = new Silence(limits.Head, clock, cancellationToken);
        wait.Start();
        if (await AskedAsync(input, wait) is not { } request) return;
        var shown = Name(request.Target);
        Destination to;
        try { to = allow(request.Target); }
        catch (EgressDeniedException denied) { throw await RefusedAsync(shown, denied.Message); }
        catch (ToolException denied) { throw await RefusedAsync(shown, denied.Message); }
        await record(new(shown, Allowed: true, $"a command may connect to {shown}"));
        wait.Stop();

        using var silence = new Silence(limits.Idle, clock, cancellationToken);
        var traffic = new ProxyTraffic(silence);
        var outcome = "ended";
        try
        {
            if (request.IsTunnel) await TunnelAsync(to, input, output, traffic, wait);
            else await new ProxyExchange(client, traffic, silence).RunAsync(request, to, input, output);
        }
        catch (EgressDeniedException denied)
        {
            outcome = $"refused: {denied.Message}";
            await record(new(shown, Allowed: false, denied.Message));
            // Too late for an answer once the tunnel stands: it ends, and record and result say why.
            throw traffic.HasBegun ? new IOException(denied.Message, denied) : new ProxyRefusal(403, denied.Message);
        }
        catch (ProxyRefusal failed)
        {
            outcome = failed.Message;
            throw;
        }
        catch (Exception cut) when (cut is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            outcome = silence.HasFired || wait.HasFired ? "silent for too long" : "cut";
            throw;
        }
        finally { See($"{shown}: {outcome} (sent {traffic.Sent} bytes, received {traffic.Received})"); }
    }

    async Task<ProxyRequest?> AskedAsync(ProxyInput input, Silence wait)
    {
        try
        {
            var head = await input.ReadHeadAsync(limits.HeadBytes, wait.Token);
            return head is null ? null : ProxyRequest.Parse(head, limits);
        }
        catch (ProxyRefusal refusal)
        {
            // What it said is not repeated: it may be a secret, in a form or cut nobody would know again.
            await DenyAsync(Unclear, refusal.Message);
            throw;
        }
        catch (OperationCanceledException) when (wait.HasFired)
        {
            var late = $"no whole request within {limits.Head.TotalSeconds:0} s";
            await DenyAsync(Unclear, late);
            throw new ProxyRefusal(408, late);
        }
    }

    async Task TunnelAsync(Destination to, ProxyInput input, Stream output, ProxyTraffic traffic, Silence wait)
    {
        Stream server;
        try { server = await client.OpenTunnelAsync(to, wait.Token); }
        catch (SocketException failed) { throw new ProxyRefusal(502, What(failed, to)); }
        catch (TimeoutException late) { throw new ProxyRefusal(504, late.Message); }
        await using (server)
        {
            wait.Start();
            await output.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), wait.Token);
            traffic.HasBegun = true;
            var greeting = await TlsGreeting.ReadAsync(input, to.Host, wait.Token);
            wait.Stop();
            await server.WriteAsync(greeting, wait.Token);
            traffic.CountSent(greeting.Length);
            await traffic.CarryAsync(input, output, server);
        }
    }

    async Task<ProxyRefusal> RefusedAsync(string shown, string reason)
    {
        await DenyAsync(shown, reason);
        return new(403, reason);
    }

    async Task DenyAsync(string shown, string reason)
    {
        See($"{shown}: refused: {reason}");
        await record(new(shown, Allowed: false, reason));
    }

    void See(string line)
    {
        lock (seen) seen.Add(line);
    }

    async Task SayAsync(Stream connection, ProxyRefusal refusal, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes($"{refusal.Message}\n");
        var head = $"HTTP/1.1 {refusal.Status} {refusal.Phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        using var wait = new Silence(limits.Head, clock, cancellationToken);
        wait.Start();
        await connection.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], wait.Token);
        ProxyTraffic.EndOf(connection);
        // What still comes is let run out, a little: an end before it was read would take the answer with it.
        var rest = new byte[8 * 1024];
        for (var left = 64; left > 0 && await connection.ReadAsync(rest, wait.Token) > 0; left--) { }
    }

    static string Name(Uri target) => target.GetLeftPart(UriPartial.Authority) is var text && target.IsDefaultPort ? $"{text}:{target.Port}" : text;

    public static string What(SocketException failed, Destination to) => failed.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => $"the name {to.Host} does not resolve",
        SocketError.ConnectionRefused => $"{to.Host} refused the connection",
        _ => $"{to.Host} cannot be reached",
    };
}
