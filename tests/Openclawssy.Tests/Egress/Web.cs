using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;
using Xunit;

namespace Openclawssy.Tests.Egress;

/// <summary>One web request of a tool, with everything a test chooses: names, addresses dialled, rules, clock, secrets.</summary>
sealed class Web(NetworkConfig network, IResolver names, IDialer dialer) : IDisposable
{
    readonly EgressClient client = new(names, dialer);

    /// <summary>a.test and b.test are hosts of the public network, reachable with both schemes; whatever is dialled arrives at the server.</summary>
    public static Web Before(RawServer server, Switchboard? board = null) => new(
        new() { Enabled = true, AllowedDomains = ["http://a.test", "http://b.test", "http://c.test:8080"], AllowLocalhosts = true },
        new FakeNames().With("a.test", "93.184.216.34").With("b.test", "93.184.216.35").With("c.test", "93.184.216.36"), board ?? new Switchboard(server.Port));

    public static Web Real(NetworkConfig network) => new(network, new SystemResolver(TimeProvider.System), new TcpDialer());

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public ISecretInjector Secrets { get; set; } = new NoSecrets();

    public WebLimits Limits { get; set; } = new();

    public Task<WebAnswer> SendAsync(
        string url, string method = "GET", Dictionary<string, TextOrSecret>? headers = null, byte[]? body = null, int maxBytes = 1 << 20, TimeSpan? timeout = null)
    {
        var policy = EgressPolicy.Of(network);
        // A reading of its own: (byte[]?)null as memory would be an empty body, not none.
        ReadOnlyMemory<byte>? sent = body is null ? null : body;
        return new WebVisit(new(method, url, headers ?? [], sent, timeout ?? TimeSpan.FromSeconds(100), maxBytes), client, policy.Allow, Secrets, Clock, Limits).RunAsync(default);
    }

    public async Task<ToolException> RefusalAsync(string url, string code, string method = "GET", Dictionary<string, TextOrSecret>? headers = null, int maxBytes = 1 << 20)
    {
        var refusal = await Assert.ThrowsAsync<ToolException>(() => SendAsync(url, method, headers, maxBytes: maxBytes));
        Assert.True(refusal.Code == code, $"{url}: {refusal.Code} {refusal.Message}");
        return refusal;
    }

    public void Dispose() => client.Dispose();
}
