namespace Openclawssy.Egress;

/// <summary>The egress client as the framework's own kind of client, for libraries that want one. It reaches what the policy allows and nothing else.</summary>
sealed class EgressHttp : HttpMessageHandler
{
    readonly EgressClient egress;
    readonly EgressPolicy policy;

    EgressHttp(EgressClient egress, EgressPolicy policy) => (this.egress, this.policy) = (egress, policy);

    public static HttpClient To(EgressClient egress, EgressPolicy policy) => new(new EgressHttp(egress, policy));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        egress.SendAsync(request, policy.Allow(request.RequestUri!), cancellationToken);

    // Exporters send from a thread of their own that does nothing else.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();
}
