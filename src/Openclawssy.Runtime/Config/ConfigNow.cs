namespace Openclawssy.Runtime.Config;

/// <summary>
/// The configuration as the file says it now, for what a change must reach without a restart: who may write, how much goes on at
/// once. A file of the same bytes is understood once. Safe for several threads.
/// </summary>
/// <param name="read">The file's bytes, or null when there is none.</param>
public sealed class ConfigNow(Func<byte[]?> read, string displayName)
{
    sealed record Understood(byte[]? Bytes, OpenclawssyConfig? Config);

    volatile Understood? last;

    /// <summary>Null while the file cannot be read or has mistakes: who asks decides what is safe then.</summary>
    public OpenclawssyConfig? Read()
    {
        byte[]? bytes;
        try { bytes = read(); }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException) { return null; }
        if (last is { } known && known.Bytes is null == bytes is null && known.Bytes.AsSpan().SequenceEqual(bytes)) return known.Config;
        var config = ConfigFile.Load(bytes, displayName).Config;
        last = new(bytes, config);
        return config;
    }
}
