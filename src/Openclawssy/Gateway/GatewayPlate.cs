using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Gateway;

/// <summary>
/// <c>.openclawssy/gateway.json</c> (0600): where the gateway of this instance answers, for commands of the same owner. It counts only
/// while <c>gateway.lock</c> is held; the gateway holds that for its life, so there is one of them.
/// </summary>
/// <param name="Handover">Key of the one route that takes runs from the command line.</param>
/// <param name="Certificate">SHA-256 of the certificate it shows, in hex; null without TLS.</param>
sealed record GatewayPlate(int ProcessId, string Address, string Handover, string? Certificate, DateTimeOffset StartedAt)
{
    const string FileName = "gateway.json", LockName = "gateway.lock";
    const int MaxBytes = 16 * 1024;

    /// <summary>The right to be the gateway; null when another process has it.</summary>
    public static FileLock? TryTake(StateFolder state) => FileLock.TryAcquire(state.Of(LockName));

    /// <summary>The gateway that runs now; null when none does.</summary>
    public static GatewayPlate? Find(StateFolder state)
    {
        using (var free = FileLock.TryAcquire(state.Of(LockName)))
            if (free is not null) return null;
        return Read(state);
    }

    static GatewayPlate? Read(StateFolder state)
    {
        try { return DurableFile.ReadOrNull(state.Of(FileName), MaxBytes) is { } bytes ? JsonSerializer.Deserialize(bytes, GatewayPlateJson.Default.GatewayPlate) : null; }
        catch (JsonException) { return null; }
    }

    public void Hang(StateFolder state) => DurableFile.Replace(state.Of(FileName), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, GatewayPlateJson.Default.GatewayPlate) + "\n"));

    public static void TakeDown(StateFolder state) => File.Delete(state.Of(FileName));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayPlate))]
sealed partial class GatewayPlateJson : JsonSerializerContext;
