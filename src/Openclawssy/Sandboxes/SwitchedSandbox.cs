using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Sandboxes;

/// <summary>
/// A sandbox as far as the configuration still lets it be used: what was switched off, its network too, or taken off the list of commands, since the
/// program started is off at the next call. What was switched on since counts from the next start.
/// </summary>
/// <param name="now">The configuration as it is now; null while it cannot be read, which allows nothing.</param>
sealed class SwitchedSandbox(ISandbox sandbox, Func<OpenclawssyConfig?> now) : ISandbox
{
    const string Unreadable = "the configuration cannot be read or has mistakes, so no command runs; `openclawssy config validate` names them";

    readonly ExecutableLookup lookup = new(ExecutableLookup.SystemFolders);

    // What was off at the start needs no look at what is off now.
    public SandboxStatus Status => sandbox.Status is { Refusal: null } && Off(now()) is { } reason ? SandboxStatus.Refused(reason) : sandbox.Status;

    public IShell ShellFor(Permit permit, string runFolder, ICommandNetwork? network) =>
        new NarrowedShell(sandbox.ShellFor(permit, runFolder, now() is { Sandbox.Local.Network: SandboxNetwork.Proxy } ? network : null), this);

    static string? Off(OpenclawssyConfig? config) => config is null ? Unreadable : SandboxChoice.Refusal(config);

    bool Allows(string program, IReadOnlyList<string> arguments)
    {
        var config = now();
        if (Off(config) is { } reason) throw ToolException.SandboxRequired(reason);
        return new CommandAllowList(config!.Shell.AllowedCommands, lookup.Find).Allows(program, arguments);
    }

    /// <summary>Commands of one call: allowed when the program started, and allowed still.</summary>
    sealed class NarrowedShell(IShell shell, SwitchedSandbox switches) : IShell
    {
        public ProgramStanding Look(string program, IReadOnlyList<string> arguments) =>
            switches.Allows(program, arguments) ? shell.Look(program, arguments) : ProgramStanding.NotAllowed;

        public Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken) => switches.Allows(command.Program, command.Arguments)
            ? shell.RunAsync(command, cancellationToken)
            : throw ToolException.Denied(
                $"command is not allowed any more: no entry of shell.allowed_commands covers it; the operator can add {CommandAllowList.LineFor(command.Program, command.Arguments)} to that list");
    }
}
