using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>
/// Where the connections of one command come out. The command's network is empty; its launcher made a listening socket in it and hands it
/// over here, and this process accepts on it. Nothing of ours runs inside, and nothing but this socket leads out.
/// </summary>
sealed class CommandDoorway : IAsyncDisposable
{
    /// <summary>Connections that are served at one time; more wait in the kernel.</summary>
    public const int AtOnce = 64;

    readonly Socket door;
    readonly ICommandNetwork network;
    readonly CancellationTokenSource stop = new();
    readonly SemaphoreSlim slots = new(AtOnce);
    readonly ConcurrentDictionary<Task, byte> served = new();
    readonly Task work;
    Exception? fault;

    CommandDoorway(Socket door, string address, ICommandNetwork network)
    {
        (this.door, this.network, Address) = (door, network, address);
        work = Task.Run(WorkAsync);
    }

    /// <summary>Where the launcher knocks.</summary>
    public string Address { get; }

    /// <param name="folder">A folder nobody else can enter; it is the caller's to remove.</param>
    /// <exception cref="IOException">No socket can be made there.</exception>
    public static CommandDoorway Open(string folder, ICommandNetwork network)
    {
        var address = Path.Combine(folder, "door");
        var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            door.Bind(new UnixDomainSocketEndPoint(address));
            door.Listen(1);
            return new(door, address, network);
        }
        catch (Exception problem) when (problem is SocketException or ArgumentOutOfRangeException)
        {
            door.Dispose();
            throw new IOException($"{address} cannot be made, so the command would have no proxy: {problem.Message}", problem);
        }
    }

    /// <summary>Ends every connection and waits until nothing of them is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await work;
        await Task.WhenAll(served.Keys);
        stop.Dispose();
        slots.Dispose();
        // A mistake of ours, or a lost witness, is not hidden behind a command that seems to have gone well.
        if (fault is { } mistake) ExceptionDispatchInfo.Throw(mistake);
    }

    async Task WorkAsync()
    {
        try
        {
            using var listening = await TakeAsync();
            while (true)
            {
                await slots.WaitAsync(stop.Token);
                var serving = ServeAsync(await listening.AcceptAsync(stop.Token));
                served.TryAdd(serving, 0);
                _ = serving.ContinueWith(done => served.TryRemove(done, out var _), TaskScheduler.Default);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
        {
            // The command has ended, or its launcher never came to the point of handing anything over.
        }
        finally { door.Dispose(); }
    }

    async Task<Socket> TakeAsync()
    {
        using var launcher = await door.AcceptAsync(stop.Token);
        // One launcher, one socket: nobody else is listened to.
        door.Dispose();
        return await PassedSocket.TakeAsync(launcher, stop.Token);
    }

    async Task ServeAsync(Socket client)
    {
        await using var connection = new NetworkStream(client, ownsSocket: true);
        try { await network.ServeAsync(connection, stop.Token); }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException or (IOException and not AuditLostException))
        {
            // One of the two sides has gone.
        }
        catch (Exception mistake) { Interlocked.CompareExchange(ref fault, mistake, null); }
        finally { slots.Release(); }
    }
}
