namespace Openclawssy.Egress;

/// <summary>What goes in both directions between a command and a server once they may speak.</summary>
/// <param name="silence">Ends it when neither says anything for too long.</param>
sealed class ProxyTraffic(Silence silence)
{
    long sent, received;

    /// <summary>True once the command was told to speak, and can be told nothing else any more.</summary>
    public bool HasBegun { get; set; }

    public long Sent => Volatile.Read(ref sent);
    public long Received => Volatile.Read(ref received);

    /// <summary>Bytes of the command's that went another way than through <see cref="CarryAsync"/>.</summary>
    public void CountSent(long bytes) => Interlocked.Add(ref sent, bytes);

    public void CountReceived(long bytes) => Interlocked.Add(ref received, bytes);

    /// <summary>Carries until both have said all, or one is gone. The end of one direction is passed on while the other still goes.</summary>
    public async Task CarryAsync(Stream input, Stream output, Stream server)
    {
        silence.Start();
        var there = PumpAsync(input, server, CountSent);
        var back = PumpAsync(server, output, CountReceived);
        try { await (await Task.WhenAny(there, back)); }
        catch
        {
            // One side is gone, so the other has nobody to speak to.
            silence.End();
            await Task.WhenAll(there, back).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }
        await Task.WhenAll(there, back);
    }

    async Task PumpAsync(Stream from, Stream to, Action<long> count)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, silence.Token) is var length and > 0)
        {
            silence.Start();
            await to.WriteAsync(buffer.AsMemory(0, length), silence.Token);
            count(length);
        }
        EndOf(to);
    }

    /// <summary>Tells the other side that nothing more comes.</summary>
    public static void EndOf(Stream to)
    {
        if (to is not System.Net.Sockets.NetworkStream stream) return;
        try { stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send); }
        // It has gone already.
        catch (System.Net.Sockets.SocketException) { }
        catch (ObjectDisposedException) { }
    }
}
