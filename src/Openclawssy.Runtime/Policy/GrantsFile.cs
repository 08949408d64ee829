using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// <c>policy/capabilities.json</c>. Asked at every call: the small file is read each time and only understood again when its
/// bytes differ, so that no clock granularity can hide a change.
/// </summary>
/// <param name="path">Absolute path of the file.</param>
/// <param name="toolNames">Names of the tools there are; only these, the starter set and <c>policy.admin</c> may be written.</param>
public sealed class GrantsFile(string path, IEnumerable<string> toolNames)
{
    /// <summary>Largest file that is read, in bytes; a larger one is a problem, like a broken one.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How the file is named to people, from the installation's root.</summary>
    public const string WrittenAt = ".openclawssy/policy/capabilities.json";

    readonly HashSet<string> writable = [.. toolNames, .. Capabilities.Starter, Capabilities.Admin];
    volatile Understood last = new([], Grants.Nothing("it was not read yet"));

    sealed record Understood(byte[] Bytes, Grants Grants);

    /// <summary>What is granted right now. Never throws: what cannot be read grants nothing and says why.</summary>
    public Grants Current()
    {
        byte[]? bytes;
        try
        {
            bytes = DurableFile.ReadOrNull(path, MaxBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Grants.Nothing($"{WrittenAt} cannot be read ({OneLine.Escape(error.Message, 300)}); nothing is granted until it can");
        }
        if (bytes is null) return Grants.Nothing($"{WrittenAt} is missing; nothing is granted. Run `openclawssy init` to write the starter set");

        var known = last;
        if (known.Bytes.Length != 0 && known.Bytes.AsSpan().SequenceEqual(bytes)) return known.Grants;

        var grants = Grants.Parse(bytes);
        if (grants.Problem is { } problem) grants = Grants.Nothing($"{WrittenAt} is not valid: {problem}. Nothing is granted until it is repaired");
        last = new(bytes, grants);
        return grants;
    }

    /// <summary>What a run starts with; it goes by the narrower of this and <see cref="Current"/>.</summary>
    public Grants Snapshot() => Current();

    /// <summary>Writes the starter set for an agent that has no entry yet. Returns whether it wrote; an existing entry is kept as it is, an empty one too.</summary>
    /// <exception cref="InvalidDataException">The file is there and broken: it is not overwritten.</exception>
    /// <param name="only">The part of the starter set it is given; null means all of it.</param>
    public bool EnsureStarter(AgentId agent, IReadOnlyList<string>? only = null) =>
        Change(grants => grants.Knows(agent) ? null : grants.With(agent, Capabilities.Starter.Where(capability => only?.Contains(capability) ?? true)));

    /// <summary>True for a name that may be granted.</summary>
    public bool IsCapability(string name) => writable.Contains(name);

    /// <summary>Gives an agent exactly these capabilities. Returns whether that changed anything.</summary>
    /// <exception cref="InvalidDataException">The file is there and broken, or a name is none.</exception>
    public bool Set(AgentId agent, IReadOnlyCollection<string> capabilities) =>
        Change(grants => grants.Knows(agent) && grants.Of(agent).SequenceEqual(capabilities.Distinct().Order(StringComparer.Ordinal)) ? null : grants.With(agent, capabilities));

    /// <summary>One read, one decision, one replace, alone among threads and processes. Returns whether it wrote.</summary>
    /// <param name="change">What shall be granted; null leaves the file as it is.</param>
    /// <exception cref="InvalidDataException">The file is there and broken, or a right was added that there is not: nothing is written.</exception>
    internal bool Change(Func<Grants, Grants?> change)
    {
        DurableFile.EnsureFolder(Path.GetDirectoryName(path)!);
        using var alone = FileLock.Acquire(path + ".lock");
        var bytes = DurableFile.ReadOrNull(path, MaxBytes);
        var grants = bytes is null ? Grants.Empty : Grants.Parse(bytes);
        if (grants.Problem is { } problem) throw new InvalidDataException($"{WrittenAt} is not valid: {problem}. Repair it, or remove it to start again");
        if (change(grants) is not { } changed) return false;

        foreach (var agent in changed.Agents)
            foreach (var capability in changed.Of(agent).Except(grants.Of(agent)))
                if (!IsCapability(capability)) throw new InvalidDataException($"\"{OneLine.Escape(capability, 80)}\" is neither a tool's name nor {Capabilities.Admin}");

        DurableFile.Replace(path, changed.ToJson());
        return true;
    }
}
