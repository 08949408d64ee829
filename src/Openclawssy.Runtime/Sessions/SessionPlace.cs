using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>Where and with whom a conversation is held. Any text a channel can come up with, compared exactly.</summary>
public sealed record SessionPlace
{
    /// <summary>Longest channel, user or room, in UTF-16 units.</summary>
    public const int MaxLength = 256;

    /// <param name="channel">The way in, for example <c>cli</c>.</param>
    /// <param name="user">Who speaks, as the channel names them.</param>
    /// <param name="room">Where they speak, as the channel names it.</param>
    /// <exception cref="SessionException"><see cref="SessionErrorCodes.PlaceInvalid"/>: one is blank, too long or no sound Unicode.</exception>
    public SessionPlace(string channel, string user, string room) =>
        (Channel, User, Room) = (Checked("channel", channel), Checked("user", user), Checked("room", room));

    public string Channel { get; }
    public string User { get; }
    public string Room { get; }

    /// <summary>
    /// A file name for this place: 64 hex digits of a hash over the three lengths and texts. Two places never share one, on a
    /// file system that folds case neither, and no text of a user can lead out of the folder.
    /// </summary>
    internal string FileName
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> length = stackalloc byte[4];
            foreach (var part in (ReadOnlySpan<string>)[Channel, User, Room])
            {
                var bytes = Encoding.UTF8.GetBytes(part);
                BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
                hash.AppendData(length);
                hash.AppendData(bytes);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset()) + ".json";
        }
    }

    static string Checked(string what, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw SessionException.PlaceInvalid($"the {what} of a conversation is blank; name one");
        if (text.Length > MaxLength) throw SessionException.PlaceInvalid($"the {what} of a conversation has {text.Length} characters; at most {MaxLength} are taken");
        // Half of a pair would be written as another character, and two users would become one.
        if (WellFormed.Of(text) != text) throw SessionException.PlaceInvalid($"the {what} of a conversation is not sound Unicode");
        return text;
    }
}
