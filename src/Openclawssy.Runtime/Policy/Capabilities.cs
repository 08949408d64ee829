namespace Openclawssy.Runtime.Policy;

/// <summary>Names of rights: a tool's own name, plus <see cref="Admin"/>.</summary>
public static class Capabilities
{
    /// <summary>Needed, besides the tool's name, for another agent's things and for granting.</summary>
    public const string Admin = "policy.admin";

    /// <summary>What <c>init</c> and <c>agent.create</c> write for a new agent, all of it about the agent itself. Sorted. Names only: a wildcard would grow by itself.</summary>
    public static IReadOnlyList<string> Starter { get; } =
    [
        "code.search", "fs.append", "fs.delete", "fs.edit", "fs.list", "fs.move", "fs.read", "fs.write",
        "metrics.get", "run.get", "run.list", "session.list", "time.now",
    ];
}
