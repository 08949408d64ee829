using System.Buffers.Binary;
using System.Text;

namespace Openclawssy.Egress;

/// <summary>
/// The first words of TLS (RFC 8446, 4.1.2 and 5.1), as far as they must be read to know that a tunnel carries TLS and to which name.
/// What is listed is listed for https, so a tunnel carries nothing else.
/// </summary>
static class TlsGreeting
{
    const int MaxRecord = 16 * 1024, MaxGreeting = 32 * 1024, RecordHead = 5, MessageHead = 4;
    const byte Handshake = 22, ClientHello = 1;
    const ushort ServerName = 0;

    /// <summary>Reads it and hands it back as it came.</summary>
    /// <param name="host">Whom the tunnel was asked for. A name must be greeted by name; an address has none.</param>
    /// <exception cref="EgressDeniedException">It is no such greeting, or it is for somebody else.</exception>
    public static async Task<byte[]> ReadAsync(Stream from, HostName host, CancellationToken cancellationToken)
    {
        using var came = new MemoryStream();
        using var message = new MemoryStream();
        var head = new byte[RecordHead];
        while (!IsWhole(message))
        {
            if (await from.ReadAtLeastAsync(head, RecordHead, throwOnEndOfStream: false, cancellationToken) < RecordHead) throw NoTls();
            var length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3));
            if (head[0] != Handshake || head[1] != 3 || length is 0 or > MaxRecord || message.Length + length > MaxGreeting) throw NoTls();
            var content = new byte[length];
            if (await from.ReadAtLeastAsync(content, length, throwOnEndOfStream: false, cancellationToken) < length) throw NoTls();
            came.Write(head);
            came.Write(content);
            message.Write(content);
            if (message.GetBuffer()[0] != ClientHello) throw NoTls();
        }
        if (host.Address is null)
            Demand(NameIn(message.GetBuffer().AsSpan(0, (int)message.Length)[MessageHead..]), host);
        return came.ToArray();
    }

    static bool IsWhole(MemoryStream message) => message.Length >= MessageHead && message.Length >= MessageHead + (BinaryPrimitives.ReadInt32BigEndian(message.GetBuffer()) & 0xffffff);

    static void Demand(string? name, HostName host)
    {
        if (name is null) throw new EgressDeniedException($"the tunnel to {host} was used without naming a server in TLS (SNI), so what it reaches there cannot be known");
        if (!name.Equals(host.Text, StringComparison.OrdinalIgnoreCase))
            throw new EgressDeniedException($"the tunnel to {host} was used for another server, \"{Runtime.Text.OneLine.Escape(name, 100)}\"");
    }

    /// <summary>The one name of the extension <c>server_name</c>; null when there is none.</summary>
    static string? NameIn(ReadOnlySpan<byte> hello)
    {
        // Version and random; session, ciphers and compressions, each with its length before it.
        var rest = Skip(hello, 34);
        rest = Skip(rest, 1 + First(rest));
        rest = Skip(rest, 2 + Pair(rest));
        rest = Skip(rest, 1 + First(rest));
        if (rest.IsEmpty) return null;
        var extensions = Take(Skip(rest, 2), Pair(rest));
        string? found = null;
        while (!extensions.IsEmpty)
        {
            var content = Take(Skip(extensions, 4), Pair(Skip(extensions, 2)));
            if (Pair(extensions) == ServerName)
            {
                // Exactly one entry, of the one kind there is: a list of length, 0, length, name.
                if (found is not null || Pair(content) != content.Length - 2 || First(Skip(content, 2)) != 0 || Pair(Skip(content, 3)) != content.Length - 5) throw NoTls();
                found = Encoding.Latin1.GetString(content[5..]);
            }
            extensions = Skip(extensions, 4 + content.Length);
        }
        return found;
    }

    static byte First(ReadOnlySpan<byte> bytes) => bytes.Length >= 1 ? bytes[0] : throw NoTls();

    static ushort Pair(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : throw NoTls();

    static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> bytes, int count) => bytes.Length >= count ? bytes[count..] : throw NoTls();

    static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, int count) => bytes.Length >= count ? bytes[..count] : throw NoTls();

    static EgressDeniedException NoTls() => new("a tunnel carries TLS and nothing else, and what came was no TLS");
}
