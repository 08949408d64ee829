using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.Gateway;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Cli;

/// <summary><c>run --detach</c>: hands a run to the gateway of this instance, which runs on this machine, and does not wait for it.</summary>
static class Handover
{
    const int MaxAnswer = 64 * 1024;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(CommandContext context, string agentText, MessageInput message, string? session, string? thinking, bool json, CancellationToken cancellationToken)
    {
        var agent = Opening.Agent(agentText);
        if (session == "new") throw CliException.Usage("--session new begins a conversation in this process, and --detach leaves it", "name a conversation that is there, or leave --session out");
        var plate = GatewayPlate.Find(Opening.State(context)) ?? throw new CliException("no gateway runs here, so there is nobody to hand the run to", "start one with `openclawssy serve`, or leave --detach out");
        var (status, body) = await SendAsync(context, plate, new(agent.ToString(), message.Text, thinking, session), cancellationToken);
        if (status != HttpStatusCode.Accepted)
        {
            var refused = JsonSerializer.Deserialize(body.Span, GatewayJson.Default.ErrorBody)?.Error;
            throw new CliException($"the gateway refused the run: {refused?.Code}: {refused?.Message}", refused?.RetryAfterSeconds is { } seconds ? $"try again in {seconds} s" : null);
        }
        var run = JsonSerializer.Deserialize(body.Span, GatewayJson.Default.RunAccepted)!;
        if (json) context.Out.WriteLine(System.Text.Encoding.UTF8.GetString(body.Span).TrimEnd());
        else
        {
            context.Out.WriteLine(run.Id);
            context.Error.WriteLine($"note:  `openclawssy follow {run.Id}` shows what it does");
        }
        return ExitCodes.Ok;
    }

    static async Task<(HttpStatusCode Status, ReadOnlyMemory<byte> Body)> SendAsync(CommandContext context, GatewayPlate plate, RunOrder order, CancellationToken cancellationToken)
    {
        var address = Near(new(plate.Address));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/runs"))
        {
            Content = new ReadOnlyMemoryContent(JsonSerializer.SerializeToUtf8Bytes(order, GatewayJson.Default.RunOrder)),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", plate.Handover);
        using var egress = EgressClient.OfSystem(context.World.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            using var answer = await egress.SendAsync(request, EgressPolicy.Gateway(address, plate.Certificate).Allow(request.RequestUri!), limit.Token);
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            var bytes = new byte[MaxAnswer];
            var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, limit.Token);
            return (answer.StatusCode, bytes.AsMemory(0, read));
        }
        catch (HttpRequestException failed) { throw new CliException($"the gateway at {address.Authority} does not answer: {failed.Message}", "`openclawssy doctor` looks at everything"); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { throw new CliException($"the gateway at {address.Authority} did not answer within {patience.TotalSeconds} s", "look at its log"); }
    }

    // What listens everywhere listens here too.
    internal static Uri Near(Uri address) => IPAddress.TryParse(address.Host.Trim('[', ']'), out var bound) && (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any))
        ? new UriBuilder(address) { Host = bound.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
        : address;
}
