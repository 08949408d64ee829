using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Gateway;

/// <summary>Tells the service manager what goes on (sd_notify(3)): a datagram to the socket it named. Without one, nothing.</summary>
sealed class ServiceNotice(string? socketPath)
{
    public const string Variable = "NOTIFY_SOCKET";

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    public void Stopping() => Send("STOPPING=1\nSTATUS=ending what runs");

    void Send(string text)
    {
        if (socketPath is not { Length: > 1 } || socketPath[0] is not ('/' or '@')) return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A leading @ stands for the zero byte of a name that is in no file system.
            socket.SendTo(Encoding.UTF8.GetBytes(text), new UnixDomainSocketEndPoint(socketPath[0] == '@' ? '\0' + socketPath[1..] : socketPath));
        }
        // Nobody listens: the service manager finds out by its own time limit.
        catch (SocketException) { }
    }
}
