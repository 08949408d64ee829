using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Sandboxes;

namespace Openclawssy.Cli;

/// <summary>How commands come to the instance: every way it can be refused becomes a sentence and an exit code here.</summary>
static class Opening
{
    public static AgentId Agent(string text) =>
        AgentId.TryParse(text, out var agent) ? agent : throw CliException.Usage($"\"{text}\" is no agent id", "use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit");

    public static RunId Run(string text) =>
        RunId.TryParse(text, out var run) ? run : throw CliException.Usage($"\"{text}\" is no run id", "a run id begins with run_; `openclawssy runs list` shows them");

    public static SessionId Session(string text) =>
        SessionId.TryParse(text, out var session) ? session : throw CliException.Usage($"\"{text}\" is no session id", "`openclawssy sessions list` shows them; --session new begins one");

    /// <summary>The state folder, for commands that only look.</summary>
    public static StateFolder State(CommandContext context)
    {
        try { return StateFolder.Open(context.Root); }
        catch (StateFolderException problem) { throw new CliException(problem.Message, problem.NextStep); }
    }

    /// <summary>The configuration as it is on disk, with its mistakes.</summary>
    public static ConfigLoad Config(CommandContext context)
    {
        var state = State(context);
        return ConfigFile.Load(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), state.ConfigFile);
    }

    /// <summary>The whole instance, for running agents. Runs whose process died get their honest end first.</summary>
    public static async Task<Installation> ForRunsAsync(CommandContext context)
    {
        var installation = Compose(context);
        try
        {
            foreach (var (run, unknown) in await installation.Orphans.CloseAsync())
                context.Error.WriteLine($"note:  {run} was interrupted when its process ended{(unknown.Count == 0 ? "" : $"; it is not known whether {string.Join(", ", unknown)} took effect")}");
            if (installation.Secrets.Problem is { } locked)
            {
                context.Error.WriteLine($"warning: no stored secret is used: {TerminalText.Line(locked.Message)}");
                context.Error.WriteLine($"next:  {TerminalText.Line(locked.NextStep)}");
            }
            if (Native.IsRoot && SandboxChoice.Refusal(installation.Config) is null)
                context.Error.WriteLine("warning: commands are on and root starts them; they get no privilege of root's, but a hole in the kernel would be root's: a user of its own is safer");
            return installation;
        }
        catch
        {
            installation.Dispose();
            throw;
        }
    }

    /// <summary>The whole instance; whoever takes it closes what dead processes left.</summary>
    public static Installation Compose(CommandContext context)
    {
        try { return new(context.World, context.Root); }
        catch (StateFolderException problem) { throw new CliException(problem.Message, problem.NextStep); }
        catch (ConfigRefusedException refused)
        {
            foreach (var problem in refused.Problems) context.Error.WriteLine($"error: {TerminalText.Line(problem.ToString())}");
            throw CliException.Usage("the configuration is refused, so nothing was run", "`openclawssy config validate` checks it again");
        }
        catch (WorkspaceException refused) { throw CliException.Usage(refused.Message, "`openclawssy doctor` looks at everything"); }
        catch (NotSupportedException refused) { throw CliException.Usage(refused.Message, null); }
    }
}
