using Openclawssy.Egress;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>The one door to a model server: the egress client with the server's own origin as its only destination. It sets <c>Authorization</c>.</summary>
sealed class ModelDoor(Uri origin, EgressClient client)
{
    readonly EgressPolicy policy = EgressPolicy.Only(origin);

    /// <exception cref="ModelException"><c>model.misconfigured</c> for any other destination.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ApiKey key, CancellationToken cancellationToken)
    {
        try
        {
            var to = policy.Allow(request.RequestUri ?? throw new EgressDeniedException($"refused to send to nowhere: this connection goes to {origin.Host} only"));
            key.Authorize(request);
            return await client.SendAsync(request, to, cancellationToken);
        }
        catch (EgressDeniedException denied) { throw new ModelException(ModelErrorCodes.Misconfigured, denied.Message); }
    }
}
