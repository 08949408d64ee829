using System.Buffers.Binary;
using System.Text;

namespace Openclawssy.Launcher;

/// <summary>
/// The form of a request on the pipe: a header of 12 bytes (<c>OCLS</c>, version, length of the rest), then fields of one tag
/// byte, four bytes of length and the value, in the order of their tags. Little endian, text in UTF-8 without NUL.
/// </summary>
static class LaunchForm
{
    public const int HeaderBytes = 12;
    public const int Version = 2;

    /// <summary>Largest body; argument lists longer than the kernel takes would fail there anyway.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public const int MaxFields = 20_000;

    static ReadOnlySpan<byte> Magic => "OCLS"u8;

    // The order is part of the form.
    const byte Tier = 1, Program = 2, Argument = 3, Variable = 4, Workspace = 5, Folder = 6, Temporary = 7, ReadOnly = 8, Held = 9, Masked = 10, Bubblewrap = 11, Person = 12, Limits = 13, Input = 14, Door = 15;

    public static byte[] Write(LaunchRequest request)
    {
        using var body = new MemoryStream();
        body.Write(new byte[HeaderBytes]);
        Put(body, Tier, [(byte)request.Tier]);
        Put(body, Program, request.Program);
        Put(body, Argument, request.Arguments);
        Put(body, Variable, request.Environment);
        Put(body, Workspace, request.Workspace);
        Put(body, Folder, request.Folder);
        Put(body, Temporary, request.Temporary);
        Put(body, ReadOnly, request.ReadOnly);
        Put(body, Held, request.Held);
        Put(body, Masked, request.Masked);
        Put(body, Bubblewrap, request.Bubblewrap);
        Put(body, Person, [request.User, request.Group]);
        Put(body, Limits, request.Limits.ToArray());
        Put(body, Input, request.Input.Span);
        Put(body, Door, request.Door);
        var bytes = body.ToArray();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), bytes.Length - HeaderBytes);
        return bytes;
    }

    /// <summary>Length of the body a header announces.</summary>
    /// <exception cref="FormatException">It is no header of this version.</exception>
    public static int BodyLength(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic)) throw new FormatException("no request");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[4..]) != Version) throw new FormatException("another version");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        return length is >= 0 and <= MaxBytes ? length : throw new FormatException("too long");
    }

    /// <summary>Reads header and body; whatever is not exactly right is refused.</summary>
    /// <exception cref="FormatException">Says what is wrong.</exception>
    public static LaunchRequest Read(ReadOnlySpan<byte> bytes)
    {
        if (BodyLength(bytes) != bytes.Length - HeaderBytes) throw new FormatException("the length is not what the header says");
        var fields = new List<(byte Tag, Range Value)>();
        byte last = 0;
        for (var at = HeaderBytes; at < bytes.Length;)
        {
            if (bytes.Length - at < 5) throw new FormatException("a field is cut");
            var tag = bytes[at];
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 1)..]);
            at += 5;
            if (tag is < Tier or > Door || tag < last) throw new FormatException("a field is unknown or out of order");
            if (length < 0 || length > bytes.Length - at) throw new FormatException("a field is cut");
            if (fields.Count == MaxFields) throw new FormatException("too many fields");
            fields.Add((last = tag, at..(at + length)));
            at += length;
        }
        var reading = new LaunchReading(bytes, fields);
        var request = new LaunchRequest
        {
            Tier = reading.Tier(Tier),
            Program = reading.Address(Program, mayBeEmpty: true),
            Arguments = reading.Texts(Argument, least: 1),
            Environment = reading.Texts(Variable, least: 0),
            Workspace = reading.Address(Workspace, mayBeEmpty: false),
            Folder = reading.Below(Folder),
            Temporary = reading.Address(Temporary, mayBeEmpty: false),
            ReadOnly = reading.Addresses(ReadOnly),
            Held = reading.ManyBelow(Held),
            Masked = reading.ManyBelow(Masked),
            Bubblewrap = reading.Address(Bubblewrap, mayBeEmpty: true),
            User = reading.Numbers(Person, 2)[0],
            Group = reading.Numbers(Person, 2)[1],
            Limits = LaunchLimits.Of(reading.Numbers(Limits, LaunchLimits.Count)),
            Input = reading.Bytes(Input),
            Door = reading.Address(Door, mayBeEmpty: true),
        };
        // Who may open sockets where the machine's own network is could connect anywhere.
        return request.Door.Length == 0 || request.Tier == LaunchTier.Bubblewrap ? request : throw new FormatException("a door without namespaces");
    }

    static void Put(MemoryStream body, byte tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = tag;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], value.Length);
        body.Write(head);
        body.Write(value);
    }

    static void Put(MemoryStream body, byte tag, string text) => Put(body, tag, Encoding.UTF8.GetBytes(text));

    static void Put(MemoryStream body, byte tag, IReadOnlyList<string> texts)
    {
        foreach (var text in texts) Put(body, tag, text);
    }

    static void Put(MemoryStream body, byte tag, long[] numbers)
    {
        var bytes = new byte[8 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), numbers[i]);
        Put(body, tag, bytes);
    }
}
