using System.Collections.Concurrent;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>The real proxy with everything a test chooses: rules, names, who is dialled, bounds, clock; what it decided is kept.</summary>
sealed class TestNetwork : ICommandNetwork, IDisposable
{
    readonly EgressClient client;
    readonly CommandProxy proxy;
    readonly ConcurrentQueue<NetworkVerdict> verdicts = new();

    public TestNetwork(NetworkConfig rules, IResolver? names = null, IDialer? dialer = null, TimeProvider? clock = null, ProxyLimits? limits = null, Func<NetworkVerdict, ValueTask>? record = null)
    {
        client = new(names ?? new SystemResolver(TimeProvider.System), dialer ?? new TcpDialer());
        proxy = new(client, EgressPolicy.Of(rules).Allow, async verdict =>
        {
            verdicts.Enqueue(verdict);
            if (record is not null) await record(verdict);
        }, clock ?? TimeProvider.System, limits ?? new());
    }

    public IReadOnlyList<NetworkVerdict> Verdicts => [.. verdicts];

    public IEnumerable<string> Allowed => Verdicts.Where(verdict => verdict.Allowed).Select(verdict => verdict.Target);

    public IEnumerable<string> Denied => Verdicts.Where(verdict => !verdict.Allowed).Select(verdict => verdict.Target);

    public IReadOnlyList<string> Seen => proxy.Seen;

    public Task ServeAsync(Stream connection, CancellationToken cancellationToken) => proxy.ServeAsync(connection, cancellationToken);

    public void Dispose() => client.Dispose();
}
