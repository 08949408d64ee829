using System.Net;
using System.Net.Sockets;
using Openclawssy.Egress;

namespace Openclawssy.Tests.Egress;

/// <summary>A resolver that says what it was told, one answer after the other; the last one stays.</summary>
sealed class FakeNames : IResolver
{
    readonly Dictionary<string, Queue<string[]>> answers = [];

    public int Asked { get; private set; }

    public FakeNames With(string name, params string[] addresses)
    {
        if (!answers.TryGetValue(name, out var queue)) answers[name] = queue = new();
        queue.Enqueue(addresses);
        return this;
    }

    public Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        Asked++;
        if (!answers.TryGetValue(name, out var queue)) throw new SocketException((int)SocketError.HostNotFound);
        var next = queue.Count > 1 ? queue.Dequeue() : queue.Peek();
        return Task.FromResult<IReadOnlyList<IPAddress>>([.. next.Select(IPAddress.Parse)]);
    }
}

/// <summary>Dials one local server whatever the address, and remembers what was dialled.</summary>
sealed class Switchboard(int port) : IDialer
{
    readonly List<string> dialled = [];

    public IReadOnlyList<string> Dialled => dialled;

    public Task<Stream> DialAsync(IPAddress address, int wanted, CancellationToken cancellationToken)
    {
        lock (dialled) dialled.Add($"{address}:{wanted}");
        return new TcpDialer().DialAsync(IPAddress.Loopback, port, cancellationToken);
    }
}
