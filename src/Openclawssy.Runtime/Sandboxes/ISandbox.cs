using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Sandboxes;

/// <summary>Where commands run, or the reason why none does.</summary>
public interface ISandbox
{
    /// <summary>What a live self-test found at the first look; the same for the life of the process.</summary>
    SandboxStatus Status { get; }

    /// <summary>The door for commands of one permitted call.</summary>
    /// <param name="runFolder">Absolute address of the run's folder, where long output is kept.</param>
    /// <param name="network">What commands may reach where the configuration gives them a network at all; null is nothing.</param>
    /// <exception cref="ToolException"><c>sandbox.required</c> when no sandbox holds, <c>policy.denied</c> when the permit is not for running commands.</exception>
    IShell ShellFor(Permit permit, string runFolder, ICommandNetwork? network);
}

/// <summary>How strong the sandbox is on this machine, found by trying.</summary>
/// <param name="Tier"><c>none</c>, <c>landlock</c> or <c>bubblewrap</c>.</param>
/// <param name="Refusal">Why no command runs; null when they do.</param>
/// <param name="Stops">What a command was seen to fail at, in words.</param>
/// <param name="Leaves">What it can still do or see.</param>
public sealed record SandboxStatus(string Tier, string? Refusal, IReadOnlyList<string> Stops, IReadOnlyList<string> Leaves)
{
    public static SandboxStatus Refused(string reason) => new("none", reason, [], []);

    /// <summary>One line for a record.</summary>
    public string Line => Refusal is null
        ? $"{Tier}; stops: {string.Join(", ", Stops)}; leaves: {(Leaves.Count == 0 ? "nothing known" : string.Join(", ", Leaves))}"
        : $"none: {Refusal}";
}
