using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Openclawssy.Egress;

/// <summary>A socket another process made and handed over beside one byte of data (<c>unix(7)</c>, SCM_RIGHTS): the framework cannot take one.</summary>
static partial class PassedSocket
{
    // MSG_DONTWAIT | MSG_CMSG_CLOEXEC; MSG_CTRUNC tells that more came than was taken.
    const int Flags = 0x40 | 0x40000000, Truncated = 0x08;
    const int SocketLevel = 1, Rights = 1, OneDescriptor = 20;

    /// <exception cref="IOException">Something else came.</exception>
    public static async Task<Socket> TakeAsync(Socket from, CancellationToken cancellationToken)
    {
        // A look that takes nothing, for the wait.
        if (await from.ReceiveAsync(new byte[1], SocketFlags.Peek, cancellationToken) == 0) throw new IOException("the launcher handed nothing over");
        return new Socket(new SafeSocketHandle(Take((int)from.Handle), ownsHandle: true));
    }

    static unsafe int Take(int from)
    {
        // struct iovec, cmsghdr and msghdr of 64-bit Linux; see Doorway in the launcher for the other side.
        var data = stackalloc byte[1];
        var part = stackalloc nint[2] { (nint)data, 1 };
        var beside = stackalloc byte[24];
        new Span<byte>(beside, 24).Clear();
        var message = stackalloc nint[7] { 0, 0, (nint)part, 1, (nint)beside, 24, 0 };
        if (recvmsg(from, (byte*)message, Flags) != 1) throw new IOException("the launcher's word could not be read");
        var came = *(long*)beside == OneDescriptor && *(int*)(beside + 8) == SocketLevel && *(int*)(beside + 12) == Rights;
        if (!came || ((int)message[6] & Truncated) != 0) throw new IOException("the launcher handed over something else than one socket");
        return *(int*)(beside + 16);
    }

    [LibraryImport("libc")]
    private static unsafe partial nint recvmsg(int socket, byte* message, int flags);
}
