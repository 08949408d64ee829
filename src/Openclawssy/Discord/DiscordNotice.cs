using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Discord;

/// <summary><c>.openclawssy/discord/state.json</c>: how the channel is, for <c>doctor</c> in another process. It counts while the gateway runs.</summary>
static class DiscordNotice
{
    const string Name = "state.json";
    const int MaxBytes = 16 * 1024;

    public static void Write(string folder, DiscordStatus status)
    {
        DurableFile.EnsureFolder(folder);
        DurableFile.ReplaceUnsynced(Path.Combine(folder, Name), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(status, DiscordNoticeJson.Default.DiscordStatus) + "\n"));
    }

    /// <summary>Null when there is none that can be read.</summary>
    public static DiscordStatus? Read(string folder)
    {
        try { return DurableFile.ReadOrNull(Path.Combine(folder, Name), MaxBytes) is { } bytes ? JsonSerializer.Deserialize(bytes, DiscordNoticeJson.Default.DiscordStatus) : null; }
        catch (Exception problem) when (problem is IOException or JsonException) { return null; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DiscordStatus))]
sealed partial class DiscordNoticeJson : JsonSerializerContext;
