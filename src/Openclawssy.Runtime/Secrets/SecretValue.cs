using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Openclawssy.Runtime.Secrets;

/// <summary>A secret's value in memory that is never moved and is overwritten at the end. It does not print and cannot be serialised.</summary>
[JsonConverter(typeof(Refusal))]
[DebuggerDisplay("[secret value]")]
public sealed class SecretValue : IDisposable
{
    /// <summary>In characters. A shorter one could not be scrubbed from texts without destroying ordinary words.</summary>
    public const int MinLength = 8;

    /// <summary>In bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    readonly byte[] utf8;

    SecretValue(byte[] utf8) => this.utf8 = utf8;

    /// <summary>Copies a value that keeps the rules. The caller overwrites its own copy.</summary>
    /// <exception cref="SecretException"><c>secrets.invalid</c>.</exception>
    public static SecretValue Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes) throw Refuse($"is longer than {MaxBytes} bytes");
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) throw Refuse("is no UTF-8 text");
        if (Encoding.UTF8.GetCharCount(utf8) < MinLength) throw Refuse($"is shorter than {MinLength} characters; it could not be kept out of texts");
        if (utf8.Contains((byte)0)) throw Refuse("holds a NUL character");
        if (utf8.IndexOfAnyExcept(" \t\r\n"u8) < 0) throw Refuse("is blank");
        return Take(utf8);
    }

    /// <summary>Copies a value that was checked when it was stored.</summary>
    internal static SecretValue Take(ReadOnlySpan<byte> utf8)
    {
        var own = GC.AllocateArray<byte>(utf8.Length, pinned: true);
        utf8.CopyTo(own);
        return new(own);
    }

    internal ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>
    /// The value as text, for who must hand it on as such (a request header, a child's environment, the redactor). A string
    /// cannot be overwritten: it stays in memory until that is used again.
    /// </summary>
    public string Reveal() => Encoding.UTF8.GetString(utf8);

    public override string ToString() => "[secret value]";

    public void Dispose() => CryptographicOperations.ZeroMemory(utf8);

    static SecretException Refuse(string why) => new(SecretErrorCodes.Invalid, $"the value {why}", "give another value");

    /// <summary>Serialising a value is always a mistake, and an error before a byte is written.</summary>
    internal sealed class Refusal : JsonConverter<SecretValue>
    {
        public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("a secret is never read from JSON");
        public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) => throw new NotSupportedException("a secret is never written as JSON");
    }
}
