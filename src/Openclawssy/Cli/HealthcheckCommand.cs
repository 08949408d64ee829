using System.Net;
using Openclawssy.Egress;
using Openclawssy.Gateway;

namespace Openclawssy.Cli;

/// <summary><c>healthcheck</c>: whether the gateway of this instance takes work; for containers and timers, which have no other client.</summary>
sealed class HealthcheckCommand() : CliCommand("healthcheck", "ask the gateway that runs here whether it takes work")
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(4);

    public override string Details => "asks /readyz of the gateway of this instance. Exit 0 when it takes work, 1 when none runs, it does not answer, or it takes none";

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var plate = GatewayPlate.Find(Opening.State(context)) ?? throw new CliException("no gateway runs here", "start one with `openclawssy serve`");
        var address = Handover.Near(new(plate.Address));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/readyz"));
        using var egress = EgressClient.OfSystem(context.World.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            using var answer = await egress.SendAsync(request, EgressPolicy.Gateway(address, plate.Certificate).Allow(request.RequestUri!), limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK) throw new CliException($"the gateway at {address.Authority} takes no work: it answers {(int)answer.StatusCode}", "`openclawssy doctor` looks at everything");
        }
        catch (HttpRequestException failed) { throw new CliException($"the gateway at {address.Authority} does not answer: {failed.Message}", "look at its log"); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { throw new CliException($"the gateway at {address.Authority} did not answer within {patience.TotalSeconds} s", "look at its log"); }
        context.Out.WriteLine($"ready: process {plate.ProcessId}, {address.GetLeftPart(UriPartial.Authority)}");
        return ExitCodes.Ok;
    }
}
