namespace Openclawssy.Runtime.Config;

/// <summary>Whether this version does something with a key.</summary>
public enum FeatureStatus
{
    Active,

    /// <summary>Checked in full, but nothing reads it yet: a value of its own draws a warning.</summary>
    NotBuiltYet,

    /// <summary>Recognised so that files of the earlier program are understood: mentioned it draws a warning, switched on it is refused.</summary>
    Reserved,
}

/// <summary>Who may change a key through <c>config.set</c>. A person at the command line may change every key of the file.</summary>
public enum ChangeRight
{
    /// <summary>Only the file, by its owner.</summary>
    File,

    /// <summary>With operator rights: the key decides what agents may reach.</summary>
    Operator,

    /// <summary>Also an agent that was granted <c>config.set</c>: the key widens nothing.</summary>
    Granted,
}

/// <summary>One row of the table of all keys.</summary>
/// <param name="Path">With <c>&lt;name&gt;</c> where any name may stand.</param>
/// <param name="Default">As JSON; empty where the default is to say nothing.</param>
/// <param name="Rule">What is allowed; empty when the type says it all.</param>
/// <param name="Doc">One sentence.</param>
public sealed record ConfigKey(string Path, string Type, string Default, string Rule, bool Secret, string Doc, FeatureStatus Status, ChangeRight Change);

/// <summary>Like entries, each under a name of its own.</summary>
/// <param name="Path">With <c>&lt;name&gt;</c> where the entry's name stands, last, and where any other name may stand.</param>
/// <param name="Doc">One sentence.</param>
/// <param name="Known">All names there are, each of them always there with its defaults; null where a person chooses them.</param>
public sealed record ConfigFamily(string Path, string Doc, IReadOnlyList<string>? Known);
