using System.Net.Sockets;

namespace Openclawssy.Egress;

/// <summary>One datagram to a socket of this machine that has a name in the file system, or an abstract one. It reaches no network.</summary>
static class LocalDatagram
{
    /// <param name="name">An absolute path, or <c>@</c> and an abstract name.</param>
    /// <returns>False when nobody took it.</returns>
    public static bool TrySend(string name, ReadOnlySpan<byte> content)
    {
        if (name.Length < 2 || name[0] is not ('/' or '@')) return false;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(content, new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
            return true;
        }
        catch (SocketException) { return false; }
    }
}
