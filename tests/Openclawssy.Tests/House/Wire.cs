using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.House;

/// <summary>Our real wire, pointed at a fake server.</summary>
static class Wire
{
    public static ModelEndpoint Endpoint(FakeModelServer server) => ModelEndpoint.Create("generic", server.BaseUrl, "fake-model");

    public static ChatCompletionsClient Client(ModelEndpoint endpoint) =>
        new(endpoint, new Credentials((_, _) => null, _ => "test-key-0123456789", _ => null), new(endpoint.BaseUrl, EgressClient.OfSystem(TimeProvider.System)), TimeProvider.System);
}
