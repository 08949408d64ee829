using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Config;

/// <summary>One change to the file.</summary>
/// <param name="Json">The new value as strict JSON; null takes the key out of the file, and its default holds.</param>
public sealed record ConfigChange(ConfigPath Path, string? Json);

/// <summary>A change that is about to be made.</summary>
/// <param name="IsWritten">False for a dry run, and when the file says the same already.</param>
public sealed record ConfigStep(OpenclawssyConfig Before, OpenclawssyConfig After, bool IsWritten);

/// <summary>
/// The configuration file of one installation. It is written only by a deliberate change, never behind its owner's back; what is
/// written was validated first, and what it replaces is kept as the last known good one.
/// </summary>
/// <param name="read">The file's bytes, or null when there is none.</param>
/// <param name="write">Replaces the file atomically and durably.</param>
/// <param name="writeLastGood">The same for <c>config.last-good.json</c>.</param>
/// <param name="alone">Keeps other writers out, of this and of other processes, until disposed.</param>
public sealed class ConfigStore(string displayName, Func<byte[]?> read, Action<byte[]> write, Action<byte[]> writeLastGood, Func<IDisposable>? alone = null)
{
    public const string FileName = "config.json";
    public const string LastGoodFileName = "config.last-good.json";

    /// <summary>The file of an instance. Its writers wait for one another, over threads and processes.</summary>
    public static ConfigStore In(StateFolder state) => new(
        state.ConfigFile, () => DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), bytes => DurableFile.Replace(state.ConfigFile, bytes),
        bytes => DurableFile.Replace(state.LastGoodConfigFile, bytes), () => FileLock.Acquire(state.ConfigFile + ".lock"));

    public ConfigLoad Load() => ConfigFile.Load(read(), displayName);

    /// <summary>True when the file itself gives the key a value; otherwise its default holds.</summary>
    public bool Says(ConfigPath path) => read() is { } text && ConfigFile.Says(text, path);

    /// <summary>Changes single values and keeps comments, order and layout. All changes or none.</summary>
    /// <param name="dryRun">Only says what would come of it.</param>
    /// <param name="before">Is told what is about to happen, alone and before anything is written; what it throws stops it.</param>
    /// <exception cref="ConfigRefusedException">The file as it is, or as it would be, is no valid configuration.</exception>
    /// <exception cref="FormatException">A value is no JSON.</exception>
    public ConfigLoad Change(IReadOnlyList<ConfigChange> changes, bool dryRun = false, Action<ConfigStep>? before = null)
    {
        using var _ = alone?.Invoke();
        var old = read();
        var current = ConfigFile.Load(old, displayName).Require();
        var text = changes.Aggregate(old ?? [], (text, change) => change.Json is { } json ? ConfigEdit.Set(text, change.Path, json) : ConfigEdit.Remove(text, change.Path));
        return Put(old, text, dryRun, load => before?.Invoke(new(current, load.Require(), !dryRun && !old.AsSpan().SequenceEqual(text))));
    }

    /// <summary>Puts a whole new text in the file's place, also when the old one is broken.</summary>
    /// <exception cref="ConfigRefusedException">The new text is no valid configuration; nothing was written.</exception>
    public ConfigLoad Replace(byte[] text, bool dryRun = false)
    {
        using var _ = alone?.Invoke();
        return Put(read(), text, dryRun);
    }

    ConfigLoad Put(byte[]? old, byte[] text, bool dryRun, Action<ConfigLoad>? before = null)
    {
        var load = ConfigFile.Load(text, displayName);
        load.Require();
        before?.Invoke(load);
        if (dryRun || old.AsSpan().SequenceEqual(text)) return load;
        if (old is not null && ConfigFile.Load(old, displayName).Config is not null) writeLastGood(old);
        write(text);
        return load;
    }
}
