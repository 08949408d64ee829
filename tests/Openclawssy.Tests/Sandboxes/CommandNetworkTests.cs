using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;
using Openclawssy.Tests.Egress;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>A command with the proxy, on the real kernel: what it reaches, and that there is nothing else to reach.</summary>
[Collection(CommandsAlone.Name)]
public sealed class CommandNetworkTests
{
    static readonly LocalSandboxConfig Proxied = new() { Network = SandboxNetwork.Proxy };
    static readonly NetworkConfig ThisMachine = new() { Enabled = true, AllowLocalhosts = true };

    static SandboxHouse House(ICommandNetwork? network, LocalSandboxConfig? config = null) => new(SandboxHouse.Bubblewrap, config ?? Proxied) { Network = network };

    [Fact]
    public async Task A_command_reaches_what_is_allowed_and_it_is_recorded()
    {
        using var server = new RawServer(_ => RawServer.Ok("hello from outside"));
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        Assert.Null(house.Sandbox.Status.Refusal);
        var result = await house.RunAsync("curl", "-sS", $"http://127.0.0.1:{server.Port}/page?x=1");
        Assert.Equal(("hello from outside", ""), (result.Stdout, result.Stderr));
        Assert.Equal([$"http://127.0.0.1:{server.Port}"], network.Allowed);
        Assert.Empty(network.Denied);
        Assert.StartsWith($"http://127.0.0.1:{server.Port}: ended (sent 0 bytes, received 18)", Assert.Single(result.Network), StringComparison.Ordinal);
    }
}
