using System.Text;
using Openclawssy.Egress;

namespace Openclawssy.Gateway;

/// <summary>Tells the service manager what goes on (sd_notify(3)): a datagram to the socket it named. Without one, nothing; when nobody takes it, the service manager finds out by its own time limit.</summary>
sealed class ServiceNotice(string? socket)
{
    public const string Variable = "NOTIFY_SOCKET";

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    public void Stopping() => Send("STOPPING=1\nSTATUS=ending what runs");

    void Send(string text)
    {
        if (socket is not null) LocalDatagram.TrySend(socket, Encoding.UTF8.GetBytes(text));
    }
}
