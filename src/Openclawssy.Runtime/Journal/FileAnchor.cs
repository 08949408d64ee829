using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>An anchor in a file outside the installation. What it remembered of an earlier installation at the same place is kept beside it.</summary>
public sealed class FileAnchor(string path) : IAuditAnchor
{
    const int MaxBytes = 16 * 1024;

    public string Place => path;

    public AnchoredHead? Read()
    {
        if (DurableFile.ReadOrNull(path, MaxBytes) is not { } json) return null;
        try
        {
            if (JsonSerializer.Deserialize(json, AnchorJson.Default.AnchoredHead) is { Installation: not null, Segment: not null, Hash: not null } head
                && (head.Macs is null || head.Macs.All(static mac => mac is { Key: not null, Hash: not null, Mac: not null }))) return head;
        }
        catch (JsonException) { }
        throw new IOException($"the audit anchor {path} cannot be read; if it was damaged by accident, move it away and run `openclawssy audit verify`");
    }

    public void Write(AnchoredHead head)
    {
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        if (Read() is { } earlier && earlier.Installation != head.Installation && earlier.Installation.All(char.IsAsciiHexDigitLower))
            DurableFile.CreateNew($"{path}.{earlier.Installation}", JsonSerializer.SerializeToUtf8Bytes(earlier, AnchorJson.Default.AnchoredHead));
        DurableFile.Replace(path, [.. JsonSerializer.SerializeToUtf8Bytes(head, AnchorJson.Default.AnchoredHead), (byte)'\n']);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnchoredHead))]
sealed partial class AnchorJson : JsonSerializerContext;
