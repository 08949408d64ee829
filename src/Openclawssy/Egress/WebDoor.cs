using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>The door to the web for the tools of one run.</summary>
sealed class WebDoor(EgressClient client, RunNetwork network, ISecretInjector secrets, TimeProvider clock) : IWebDoor
{
    static readonly WebLimits limits = new();

    public IWeb OpenFor(Permit permit) => new Permitted(call => new WebVisit(call, client, Asked(permit), secrets, clock, limits), permit);

    // Asked before each hop: the permit may be gone, the operator may have changed his mind.
    Func<Uri, Destination> Asked(Permit permit) => url =>
    {
        permit.Demand(Reach.Web);
        return network.Allow(url);
    };

    sealed class Permitted(Func<WebCall, WebVisit> visit, Permit permit) : IWeb
    {
        public Task<WebAnswer> SendAsync(WebCall request, CancellationToken cancellationToken)
        {
            permit.Demand(Reach.Web);
            return visit(request).RunAsync(cancellationToken);
        }
    }
}
