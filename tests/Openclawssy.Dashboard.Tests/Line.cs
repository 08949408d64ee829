using System.Net;
using System.Net.Sockets;

namespace Openclawssy.Dashboard.Tests;

/// <summary>
/// The line between a browser and a gateway, on a port of its own. Cut, all of it is torn down and whoever calls is refused; silent, what
/// is open stays open and nothing passes any more, as when a machine slept.
/// </summary>
sealed class Line : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly List<Call> calls = [];
    TcpListener? listener;

    Line() => Listen(0);

    public int Port { get; private set; }

    /// <summary>The gateway's port, once it has one.</summary>
    public int Target { get; set; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>How often somebody called.</summary>
    public int Calls { get; private set; }

    public static Line Open() => new();

    public void Cut()
    {
        lock (gate)
        {
            listener?.Stop();
            listener = null;
            foreach (var call in calls) call.Tear();
            calls.Clear();
        }
    }

    public void Mend() => Listen(Port);

    /// <summary>What is open now is dead; new calls pass.</summary>
    public void Silence()
    {
        lock (gate)
            foreach (var call in calls) call.IsSilent = true;
    }

    void Listen(int port)
    {
        var opened = new TcpListener(IPAddress.Loopback, port);
        opened.Start();
        lock (gate) listener = opened;
        Port = ((IPEndPoint)opened.LocalEndpoint).Port;
        _ = AcceptAsync(opened);
    }

    async Task AcceptAsync(TcpListener opened)
    {
        try
        {
            while (true)
            {
                var browser = await opened.AcceptSocketAsync();
                var gateway = new Socket(SocketType.Stream, ProtocolType.Tcp);
                var call = new Call(browser, gateway);
                lock (gate)
                {
                    Calls++;
                    if (listener == opened) calls.Add(call);
                    else call.Tear();
                }
                _ = call.PassAsync(Target);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException) { }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    sealed class Call(Socket browser, Socket gateway)
    {
        volatile bool isSilent;

        public bool IsSilent { set => isSilent = value; }

        public async Task PassAsync(int target)
        {
            try
            {
                await gateway.ConnectAsync(IPAddress.Loopback, target);
                await Task.WhenAny(PassAsync(browser, gateway), PassAsync(gateway, browser));
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException) { }
            if (!isSilent) Tear();
        }

        async Task PassAsync(Socket from, Socket to)
        {
            var bytes = new byte[16 * 1024];
            try
            {
                while (await from.ReceiveAsync(bytes) is > 0 and var read)
                    if (!isSilent) await to.SendAsync(bytes.AsMemory(0, read));
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException) { }
        }

        // At once and without goodbye.
        public void Tear()
        {
            browser.Close(0);
            gateway.Close(0);
        }
    }
}
