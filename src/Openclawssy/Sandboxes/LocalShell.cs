using System.Diagnostics;
using System.Text;
using Openclawssy.Egress;
using Openclawssy.Launcher;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Sandboxes;

/// <summary>Runs the commands of one permitted call in the local sandbox.</summary>
sealed class LocalShell(
    ShellConfig shell, LocalSandboxConfig config, Workspace workspace, ExecutableLookup lookup, CommandAllowList allowed, CommandFrame frame, ICommandSecrets secrets, Permit permit, string runFolder, ICommandNetwork? network) : IShell
{
    public ProgramStanding Look(string program, IReadOnlyList<string> arguments) =>
        !allowed.Allows(program, arguments) ? ProgramStanding.NotAllowed
        : lookup.Find(program) is null ? ProgramStanding.NotFound
        : ProgramStanding.Ready;

    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        permit.Demand(Reach.Shell);
        var address = Demand(command);
        var limit = Limit(command);
        var before = workspace.RememberProtected();
        using var temporary = frame.NewTemporaryFolder();
        var variables = Variables(command, temporary.Inside);
        using var door = network is null ? null : TemporaryFolder.Unseen();
        var request = frame.Request(address, [command.Program, .. command.Arguments], limit, temporary) with
        {
            Environment = variables,
            Folder = Folder(command.Folder),
            Held = before.Held,
            Masked = before.Masked,
            Input = command.Input is null ? default : Encoding.UTF8.GetBytes(command.Input),
        };
        using var output = new CapturedOutput(() => Spill("stdout"), secrets.ForOutput());
        using var errors = new CapturedOutput(() => Spill("stderr"), secrets.ForOutput());
        var began = Stopwatch.GetTimestamp();
        LaunchReport report;
        IReadOnlyList<string> changed;
        try { report = await RunAsync(request, door, output, errors, cancellationToken); }
        catch (IOException problem) { throw ToolException.SandboxRequired(problem.Message); }
        finally { changed = before.PutBack(); }
        output.Finish();
        errors.Finish();
        cancellationToken.ThrowIfCancellationRequested();
        if (report.Failed is { } step) throw Failed(step, report.Error, command.Program, errors);
        return Result(report, output, errors, changed, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>With the network, while and only while the command is there.</summary>
    async Task<LaunchReport> RunAsync(LaunchRequest request, TemporaryFolder? door, CapturedOutput output, CapturedOutput errors, CancellationToken cancellationToken)
    {
        if (door is null) return await LauncherProcess.RunAsync(frame.Launcher, request, output, errors, cancellationToken);
        await using var doorway = CommandDoorway.Open(door.Inside, network!);
        return await LauncherProcess.RunAsync(frame.Launcher, request with { Door = doorway.Address }, output, errors, cancellationToken);
    }

    string Demand(Command command)
    {
        if (command.Arguments.Any(argument => argument.Contains('\0')) || command.Program.Contains('\0')) throw ToolException.InvalidInput("a command cannot contain a NUL character");
        return Look(command.Program, command.Arguments) switch
        {
            ProgramStanding.NotAllowed => throw ToolException.Denied(
                $"command is not allowed: no entry of shell.allowed_commands covers it; the operator can add {CommandAllowList.LineFor(command.Program, command.Arguments)} to that list"),
            ProgramStanding.NotFound => throw ToolException.InvalidInput(
                $"there is no program \"{OneLine.Escape(command.Program, 100)}\" in the trusted folders ({string.Join(", ", lookup.Folders)}); programs elsewhere, such as in the workspace, are not run directly", "$.command"),
            _ => lookup.Find(command.Program)!,
        };
    }

    TimeSpan Limit(Command command)
    {
        var limit = command.Limit ?? TimeSpan.FromMilliseconds(shell.DefaultTimeoutMs);
        return limit.TotalMilliseconds <= shell.MaxTimeoutMs ? limit
            : throw ToolException.InvalidInput($"$.timeout_ms: at most {shell.MaxTimeoutMs} (shell.max_timeout_ms), got {limit.TotalMilliseconds:0}", "$.timeout_ms");
    }

    List<string> Variables(Command command, string home)
    {
        var variables = new Dictionary<string, string>(CommandFrame.Variables(home), StringComparer.Ordinal);
        if (network is not null)
            foreach (var (name, value) in CommandFrame.ProxyVariables) variables[name] = value;
        foreach (var (name, value) in command.Environment)
        {
            if (!config.Env.Contains(name, StringComparer.Ordinal))
                throw ToolException.Denied($"the variable \"{OneLine.Escape(name, 60)}\" is not allowed: only names in sandbox.local.env may be set ({string.Join(", ", config.Env)})", "$.env");
            var text = value.Text ?? secrets.ValueFor(value.Secret!, name);
            if (text.Contains('\0')) throw ToolException.InvalidInput("a variable cannot contain a NUL character", "$.env");
            variables[name] = text;
        }
        return [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    string Folder(WorkspacePath? folder)
    {
        if (folder is null) return "";
        if (!folder.IsAbsolute) return string.Join('/', folder.Parts);
        var root = workspace.Root.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return folder.Parts.Take(root.Length).SequenceEqual(root, StringComparer.Ordinal)
            ? string.Join('/', folder.Parts.Skip(root.Length))
            : throw ToolException.Denied($"\"{folder.Given}\" is outside the workspace", folder.Given);
    }

    static ToolException Failed(string step, int error, string program, CapturedOutput errors) => (step, error) switch
    {
        ("folder", 2) => ToolException.InvalidInput("the folder of \"cwd\" does not exist", "$.cwd"),
        ("folder", _) => ToolException.Denied("the folder of \"cwd\" is no folder, or the way to it goes through a link", "$.cwd"),
        ("execve", 13) => ToolException.InvalidInput($"\"{program}\" cannot be run in the sandbox: it is in none of the folders of sandbox.local.read_only", "$.command"),
        ("execve", 7) => ToolException.InvalidInput("the arguments are longer than the kernel takes; hand the text over as stdin", "$.args"),
        ("execve", _) => ToolException.InvalidInput($"\"{program}\" cannot be run (error {error})", "$.command"),
        _ => ToolException.SandboxRequired($"the sandbox failed, so the command was not run: {Steps.Words(step, error)} {Truncation.OneLine(errors.ToText(), 200)}".TrimEnd()),
    };

    CommandResult Result(LaunchReport report, CapturedOutput output, CapturedOutput errors, IReadOnlyList<string> changed, TimeSpan took)
    {
        var limit = report.EndedBy switch
        {
            "timeout" => "time",
            "memory" or "output" => report.EndedBy,
            _ when report.MemoryFull => "memory",
            _ => SignalNames.LimitOf(report.ExitCode) ?? (report.ProcessesFull ? "processes" : null),
        };
        return new(
            report.ExitCode, SignalNames.Of(report.Signal), report.EndedBy == "timeout", limit, output.ToText(), errors.ToText(), output.IsTruncated || errors.IsTruncated,
            [.. new[] { output.SpillFile, errors.SpillFile }.OfType<string>().Select(file => Path.GetFileName(file))], changed, (long)took.TotalMilliseconds, frame.TierName)
        {
            Network = network?.Seen ?? [],
        };
    }

    FileStream? Spill(string stream)
    {
        var name = new string([.. permit.CallId.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40)]);
        // A model chooses the id, so two calls may come to the same name: neither takes the other's file.
        for (var number = 1; ; number++)
        {
            var address = Path.Combine(runFolder, number == 1 ? $"shell-{name}.{stream}" : $"shell-{name}-{number}.{stream}");
            try
            {
                var file = new FileStream(address, FileMode.CreateNew, FileAccess.Write);
                Native.SetMode(address, 0x180);
                return file;
            }
            catch (IOException) when (number < 1000 && Path.Exists(address)) { }
        }
    }
}
