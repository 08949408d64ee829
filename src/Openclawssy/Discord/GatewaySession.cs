using System.Text.Json;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Discord;

/// <summary>What the gateway needs to go on where a connection, or a process, ended.</summary>
/// <param name="ResumeUrl">Where Discord wants to be called back.</param>
/// <param name="Seq">Number of the last event of it: on disk that was dealt with, in the process that was received.</param>
/// <param name="Bot">The bot's own user.</param>
/// <param name="Application">The application its commands belong to.</param>
sealed record GatewaySession(string Id, string ResumeUrl, long Seq, string Bot, string Application);

/// <summary>The session on disk. Losing it costs what was said while the program was down, and nothing else; so it is written whole but not waited for.</summary>
sealed class GatewaySessionFile(string path)
{
    const int MaxBytes = 16 * 1024;

    /// <summary>Null when there is none, or it is damaged.</summary>
    public GatewaySession? Read()
    {
        try
        {
            if (DurableFile.ReadOrNull(path, MaxBytes) is not { } bytes) return null;
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            return new(Text("session_id"), Text("resume_gateway_url"), root.GetProperty("seq").GetInt64(), Text("bot"), Text("application"));

            string Text(string name) => root.GetProperty(name).GetString() ?? throw new JsonException();
        }
        catch (Exception damaged) when (damaged is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException) { return null; }
    }

    public void Write(GatewaySession session)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("session_id", session.Id);
            json.WriteString("resume_gateway_url", session.ResumeUrl);
            json.WriteNumber("seq", session.Seq);
            json.WriteString("bot", session.Bot);
            json.WriteString("application", session.Application);
            json.WriteEndObject();
        }
        DurableFile.ReplaceUnsynced(path, bytes.ToArray());
    }
}
