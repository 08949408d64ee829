using System.Text.Json;

namespace Openclawssy.Discord;

/// <summary>Looks into what Discord sent, which may be anything.</summary>
static class Json
{
    /// <summary>Null for anything but a text; also for one that is no Unicode.</summary>
    public static string? Text(JsonElement json, string name)
    {
        if (In(json, name) is not { ValueKind: JsonValueKind.String } text) return null;
        try { return text.GetString(); }
        catch (InvalidOperationException) { return null; }
    }

    public static JsonElement In(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    public static int? Number(JsonElement json, string name) => In(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var whole) ? whole : null;

    public static bool Flag(JsonElement json, string name) => In(json, name).ValueKind == JsonValueKind.True;

    /// <summary>An id: digits, so that it can stand in a path.</summary>
    public static string? Id(JsonElement json, string name) => Text(json, name) is { } id && IsId(id) ? id : null;

    public static bool IsId(string text) => text.Length is > 0 and <= 20 && text.All(char.IsAsciiDigit);
}
