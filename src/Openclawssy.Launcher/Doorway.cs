using System.Buffers.Binary;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>
/// The command's way out: a listening socket made inside the empty network of the namespace and handed out, through a socket that was
/// connected outside, to the program. Nothing of it stays inside but the listening end, and nobody inside can make another.
/// </summary>
static unsafe class Doorway
{
    const int UnixFamily = 1, Ipv4Family = 2, Stream = 1, Backlog = 64, NoSignal = 0x4000;

    // struct sockaddr_un: two bytes of family, and a path with its NUL.
    const int MaxAddress = 108;

    /// <summary>Outside: connects to where the program waits.</summary>
    public static int Knock(string address)
    {
        var path = Encoding.UTF8.GetBytes(address);
        if (path.Length >= MaxAddress) throw new StageException("door", 36);
        var name = stackalloc byte[2 + MaxAddress];
        new Span<byte>(name, 2 + MaxAddress).Clear();
        name[0] = UnixFamily;
        path.CopyTo(new Span<byte>(name + 2, MaxAddress));
        var connected = Libc.socket(UnixFamily, Stream | Libc.CloseOnExec, 0);
        if (connected < 0 || Libc.connect(connected, name, (uint)(3 + path.Length)) != 0) throw new StageException("door", Libc.LastError);
        return connected;
    }

    /// <summary>Inside, before anything is restricted: makes the listening socket, hands it out, and keeps nothing.</summary>
    public static void HandOut(int through)
    {
        DemandEmptyNetwork();
        var listening = Libc.socket(Ipv4Family, Stream | Libc.CloseOnExec, 0);
        // struct sockaddr_in: family, port and address in the network's order.
        var name = stackalloc byte[16];
        new Span<byte>(name, 16).Clear();
        name[0] = Ipv4Family;
        BinaryPrimitives.WriteUInt16BigEndian(new(name + 2, 2), LaunchRequest.ProxyPort);
        (name[4], name[7]) = (127, 1);
        if (listening < 0 || Libc.bind(listening, name, 16) != 0 || Libc.listen(listening, Backlog) != 0) throw new StageException("door", Libc.LastError);
        Send(listening, through);
        Libc.close(listening);
        Libc.close(through);
    }

    // The self-test saw it once; this sees it for each command: whoever may make sockets must have nothing around but himself.
    static void DemandEmptyNetwork()
    {
        var interfaces = Interfaces();
        if (interfaces is not ["lo"]) throw new StageException("network", interfaces.Count);
    }

    /// <summary>Names of the network's interfaces; empty when they cannot be read.</summary>
    public static List<string> Interfaces() =>
        [.. Libc.ReadText("/proc/net/dev").Split('\n').Where(line => line.Contains(':')).Select(line => line[..line.IndexOf(':')].Trim())];

    static void Send(int listening, int through)
    {
        // One byte of data, and beside it the descriptor: struct cmsghdr is a length of eight bytes, SOL_SOCKET, SCM_RIGHTS, then the content.
        var data = stackalloc byte[1] { 1 };
        var part = stackalloc nint[2] { (nint)data, 1 };
        var beside = stackalloc byte[24];
        new Span<byte>(beside, 24).Clear();
        *(long*)beside = 20;
        *(int*)(beside + 8) = 1;
        *(int*)(beside + 12) = 1;
        *(int*)(beside + 16) = listening;
        // struct msghdr: no name, the parts and how many, what goes beside and its size, no flags.
        var message = stackalloc nint[7] { 0, 0, (nint)part, 1, (nint)beside, 24, 0 };
        if (Libc.sendmsg(through, (byte*)message, NoSignal) != 1) throw new StageException("door", Libc.LastError);
    }
}
