using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>The door to the web for the tools of one run.</summary>
sealed class WebDoor(EgressClient client, RunNetwork network, ISecretInjector secrets, TimeProvider clock) : IWebDoor
{
    static readonly WebLimits limits = new();

    static readonly ProxyLimits proxyLimits = new();

    public IWeb OpenFor(Permit permit) => new Permitted(call => new WebVisit(call, client, Asked(permit, Reach.Web), secrets, clock, limits), permit);

    // Without the secrets: what a command may have of them it has in its variables, and nothing is added on the way.
    public ICommandNetwork OpenForCommands(Permit permit, Func<NetworkVerdict, ValueTask> record) => new CommandProxy(client, Asked(permit, Reach.Shell), record, clock, proxyLimits);

    // Asked before each hop: the permit may be gone, the operator may have changed his mind.
    Func<Uri, Destination> Asked(Permit permit, Reach reach) => url =>
    {
        permit.Demand(reach);
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
