using System.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Scrubs bytes that arrive in pieces, whatever they are: all but known values passes unchanged, so what is no text stays what it
/// was. One stream, one thread.
/// </summary>
/// <param name="known">Made by <see cref="KnownSecrets.InBytes"/>.</param>
public sealed class ScrubbedBytes(KnownSecrets known)
{
    readonly ScrubbedPieces pieces = new(known);

    public static ScrubbedBytes None => new(KnownSecrets.None);

    /// <summary>Takes the next piece; returns what may be shown, which may be nothing yet.</summary>
    public ReadOnlySpan<byte> Push(ReadOnlySpan<byte> piece) =>
        known.Longest == 0 ? piece : Encoding.Latin1.GetBytes(pieces.Push(Encoding.Latin1.GetString(piece)).Text);

    /// <summary>The end of the stream: what was held back and is no value after all.</summary>
    public ReadOnlySpan<byte> Finish() => Encoding.Latin1.GetBytes(pieces.Finish().Text);
}
