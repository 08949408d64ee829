using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// One audit record's fields in the making: <c>actor, run_id, agent_id, event, payload, redactions, event_hash</c>. Every text
/// of the payload is masked and then bounded; where something was masked, <c>redactions</c> names the path.
/// </summary>
sealed class AuditFields : IDisposable
{
    /// <summary>Bytes of one text that are kept.</summary>
    public const int MaxTextBytes = 4096;

    // What is masked in a long text is looked for in its beginning only. The last part of that beginning is never shown: a
    // secret that the cut went through would not be recognised there.
    const int LookedAt = 32 * 1024, CutMargin = 8 * 1024;

    readonly LineFields fields = new();
    readonly Func<string, (string Text, int Redactions)> redact;
    readonly List<string> masked = [];
    string path = "payload";

    public AuditFields(Func<string, (string Text, int Redactions)> redact, string actor, string? runId, string? agentId, string name)
    {
        this.redact = redact;
        Json.WriteStartObject();
        Json.WriteString("actor"u8, Bounded(actor, MaxTextBytes));
        Json.WriteString("run_id"u8, runId);
        Json.WriteString("agent_id"u8, agentId);
        Json.WriteString("event"u8, name);
        Json.WriteStartObject("payload"u8);
    }

    Utf8JsonWriter Json => fields.Json;

    public AuditFields Text(string name, string? text)
    {
        if (text is not null) Json.WriteString(name, Masked(text, name));
        return this;
    }

    /// <summary>A text of this program's own making: a word from a closed list, a hash, a path below the state folder. Nothing in it can be secret.</summary>
    public AuditFields Word(string name, string? text)
    {
        if (text is not null) Json.WriteString(name, Bounded(text, MaxTextBytes));
        return this;
    }

    public AuditFields Texts(string name, IReadOnlyList<string>? texts)
    {
        if (texts is null) return this;
        Json.WriteStartArray(name);
        foreach (var text in texts.Take(100)) Json.WriteStringValue(Masked(text, name));
        Json.WriteEndArray();
        return this;
    }

    public AuditFields Number(string name, long? number)
    {
        if (number is { } value) Json.WriteNumber(name, value);
        return this;
    }

    /// <summary>US dollars.</summary>
    public AuditFields Money(string name, decimal? amount)
    {
        if (amount is { } value) Json.WriteNumber(name, value);
        return this;
    }

    public AuditFields Flag(string name, bool flag)
    {
        Json.WriteBoolean(name, flag);
        return this;
    }

    /// <summary>Length and SHA-256 in place of a text.</summary>
    public AuditFields Digest(string name, string? text)
    {
        if (text is null) return this;
        var bytes = Encoding.UTF8.GetBytes(text);
        Json.WriteNumber(name + "_bytes", bytes.Length);
        Json.WriteString(name + "_sha256", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return this;
    }

    /// <summary>A nested object, left out when <paramref name="what"/> is null.</summary>
    public AuditFields Object<T>(string name, T? what, Action<AuditFields, T> write) where T : class
    {
        if (what is null) return this;
        var outer = path;
        path = $"{path}.{name}";
        Json.WriteStartObject(name);
        write(this, what);
        Json.WriteEndObject();
        path = outer;
        return this;
    }

    /// <summary>The finished fields, valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Finish(string? eventHash)
    {
        Json.WriteEndObject();
        Json.WriteStartArray("redactions"u8);
        foreach (var place in masked) Json.WriteStringValue(place);
        Json.WriteEndArray();
        Json.WriteString("event_hash"u8, eventHash);
        Json.WriteEndObject();
        return fields.Finish();
    }

    string Masked(string text, string name)
    {
        if (text.Length == 0) return text;
        var whole = text.Length <= LookedAt;
        var (shown, count) = redact(whole ? text : text[..LookedAt]);
        if (count > 0 && !masked.Contains($"{path}.{name}")) masked.Add($"{path}.{name}");
        if (whole) return Bounded(shown, MaxTextBytes);
        shown = shown[..Math.Max(0, shown.Length - CutMargin)];
        return $"{Bounded(shown, MaxTextBytes, marked: false)}… [{Encoding.UTF8.GetByteCount(text)} bytes in all]";
    }

    static string Bounded(string text, int maxBytes, bool marked = true)
    {
        if (text.Length * 3 <= maxBytes) return text;
        Span<byte> kept = stackalloc byte[maxBytes];
        Utf8.FromUtf16(text, kept, out var used, out _);
        if (used == text.Length) return text;
        return marked ? $"{text[..used]}… [{Encoding.UTF8.GetByteCount(text)} bytes in all]" : text[..used];
    }

    public void Dispose() => fields.Dispose();
}
