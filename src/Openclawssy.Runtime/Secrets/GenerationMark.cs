using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Secrets;

/// <summary>How far a store had come.</summary>
/// <param name="Store">The store's random id.</param>
/// <param name="Mac">The MAC the file ended with.</param>
public sealed record StoreMark(string Store, long Generation, string Mac);

/// <summary>
/// A place outside the installation that remembers how far its secret store had come, so that an older copy of the store, which
/// is sound in itself, is not taken for the present one.
/// </summary>
public interface IGenerationMark
{
    /// <summary>What is remembered, or null.</summary>
    StoreMark? Read();

    /// <summary>Remembers, durably, before it returns.</summary>
    void Write(StoreMark mark);

    /// <summary>Where it is, for messages to a person.</summary>
    string Place { get; }
}

/// <summary>A mark in a file outside the installation.</summary>
public sealed class FileGenerationMark(string path) : IGenerationMark
{
    const int MaxBytes = 4 * 1024;

    public string Place => path;

    public StoreMark? Read()
    {
        if (DurableFile.ReadOrNull(path, MaxBytes) is not { } json) return null;
        try
        {
            if (JsonSerializer.Deserialize(json, MarkJson.Default.StoreMark) is { Store: not null, Mac: not null } mark) return mark;
        }
        catch (JsonException) { }
        throw new SecretException(SecretErrorCodes.RolledBack, $"{path}, which remembers how far the secret store had come, cannot be read", "if it was damaged by accident, move it away");
    }

    public void Write(StoreMark mark)
    {
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        DurableFile.Replace(path, [.. JsonSerializer.SerializeToUtf8Bytes(mark, MarkJson.Default.StoreMark), (byte)'\n']);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoreMark))]
sealed partial class MarkJson : JsonSerializerContext;
