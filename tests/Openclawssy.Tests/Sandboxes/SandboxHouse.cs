using System.Diagnostics;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>
/// Tests that start programs run alone: between fork and exec a child holds copies of every descriptor and lock of this process,
/// which other tests count, and a bomb is no good neighbour.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class CommandsAlone
{
    public const string Name = "commands";
}

/// <summary>A real workspace with a real sandbox around its commands.</summary>
sealed class SandboxHouse : IDisposable
{
    public const string Landlock = "landlock", Bubblewrap = "bubblewrap";

    static readonly LocalMachine here = LocalMachine.This;

    readonly TempFolder folder = new();

    public SandboxHouse(string tier, LocalSandboxConfig? config = null, ShellConfig? shell = null, LocalMachine? machine = null, ICommandSecrets? secrets = null)
    {
        if (tier == Bubblewrap && !File.Exists(here.Bubblewrap) && machine is null) Assert.Skip("bubblewrap is not installed here");
        foreach (var name in new[] { "workspace", "state", "run", "outside" }) Directory.CreateDirectory(folder[name]);
        File.WriteAllText(folder["outside/canary"], "CANARY");
        Workspace = Workspace.Open(folder["workspace"], folder["state"], new(WorkspaceConfig.DefaultProtected, RequireKernelContainment: false));
        config ??= new();
        Sandbox = new LocalSandbox(shell ?? new() { AllowedCommands = ["*"] },
            config with { Tier = tier switch { Landlock => SandboxTier.Landlock, Bubblewrap => SandboxTier.Bubblewrap, _ => SandboxTier.Auto } }, Workspace, folder["state"], machine ?? here, secrets);
    }

    public Workspace Workspace { get; }
    public LocalSandbox Sandbox { get; }
    public string RunFolder => folder["run"];
    public string Outside => folder["outside"];

    public string this[string name] => Path.Combine(folder["workspace"], name);

    public Permit Permit { get; } = new(AgentId.Parse("default"), RunId.Parse("run_0000000000001_0000000000"), "call-1", "shell.exec", Reach.Shell);

    public IShell Shell => Sandbox.ShellFor(Permit, RunFolder, Network);

    /// <summary>What its commands may reach, where the configuration gives them a network.</summary>
    public ICommandNetwork? Network { get; set; }

    public Task<CommandResult> RunAsync(string program, params string[] arguments) => Shell.RunAsync(new(program, arguments), CancellationToken.None);

    /// <summary>Runs a script in bash, where most attacks are easiest to write.</summary>
    public Task<CommandResult> BashAsync(string script) => RunAsync("bash", "-c", script);

    /// <summary>What a program without a sandbox would do with the same command: the negative control of these tests.</summary>
    public async Task<(int ExitCode, string Output)> NaiveAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = this[""], RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    public void Dispose()
    {
        Workspace.Dispose();
        folder.Dispose();
    }
}

/// <summary>Looks for processes by a word only they were given.</summary>
static class Survivors
{
    public static string NewMark() => $"98{Random.Shared.NextInt64(1_000_000, 9_999_999)}";

    public static List<int> With(string mark) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var process) ? process : 0)
        .Where(process => process > 0 && process != Environment.ProcessId && CommandLine(process).Contains(mark, StringComparison.Ordinal))];

    /// <summary>Whether they all go within the time; a killed process takes a moment to be gone.</summary>
    public static async Task<bool> GoAsync(string mark, TimeSpan within)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < within; await Task.Delay(20))
            if (With(mark).Count == 0) return true;
        return With(mark).Count == 0;
    }

    public static async Task AppearAsync(string path)
    {
        for (var began = Stopwatch.GetTimestamp(); !File.Exists(path) && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60);) await Task.Delay(20);
        Assert.True(File.Exists(path), $"{path} did not appear");
    }

    static string CommandLine(int process)
    {
        try { return File.ReadAllText($"/proc/{process}/cmdline"); }
        catch (IOException) { return ""; }
        catch (UnauthorizedAccessException) { return ""; }
    }
}
