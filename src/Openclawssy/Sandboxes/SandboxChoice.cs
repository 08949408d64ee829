using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Sandboxes;

/// <summary>The sandbox the configuration asks for; whatever is missing, the one that refuses and says what.</summary>
static class SandboxChoice
{
    public static ISandbox Of(OpenclawssyConfig config, Workspace workspace, string stateFolder, ICommandSecrets? secrets = null) => Refusal(config) is { } reason
        ? new NoSandbox(reason)
        : new LocalSandbox(config.Shell, config.Sandbox.Local, workspace, stateFolder, LocalMachine.This, secrets);

    /// <summary>The switch that keeps commands off, or null.</summary>
    public static string? Refusal(OpenclawssyConfig config) => config switch
    {
        { Sandbox.Provider: SandboxProvider.None } => "commands run only in a sandbox, and sandbox.provider is \"none\"; the operator can set sandbox.provider to \"local\", sandbox.active and shell.enable_exec to true",
        { Sandbox.Active: false } => "commands run only in a sandbox, and sandbox.active is false; the operator can set it and shell.enable_exec to true",
        { Shell.EnableExec: false } => "shell.enable_exec is false; the operator can set it to true",
        _ => null,
    };
}
