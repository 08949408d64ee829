using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>What <c>ask</c> and <c>run</c> share: one run in this process, shown while it happens, told at the end.</summary>
static class RunOnce
{
    /// <param name="source"><c>cli.ask</c> or <c>cli.run</c>, as the journal records it.</param>
    /// <param name="mayBeOperator">True only for <c>run</c>: there a typed <c>/tool</c> given literally has the operator's rights.</param>
    public static async Task<int> RunAsync(
        CommandContext context, string source, string agentText, MessageInput message, bool mayBeOperator, bool header, string? sessionText, bool json, string? thinking, CancellationToken cancellationToken)
    {
        Warmup.Begin();
        var agent = Opening.Agent(agentText);
        using var installation = await Opening.ForRunsAsync(context);
        if (!installation.HasAgent(agent)) throw new CliException($"there is no agent \"{agent}\" here", $"create it with `openclawssy init -agent {agent}`");
        if (!installation.Config.IsEnabled(agent)) throw CliException.Usage($"agent \"{agent}\" is switched off by the configuration", "see agents.enabled_agent_ids and agents.profiles in .openclawssy/config.json");

        var person = new OperatorAtTerminal(StateFolder.EffectiveUser, StateFolder.Terminal);
        // The operator's own word is the literal text on the command line of `run`: not a file, not a pipe, not `ask`.
        var authority = mayBeOperator && message.Origin == MessageOrigin.Literal && SlashTool.Parse(message.Text) is SlashTool.Request
            ? Authority.Operator(person.Uid, person.Terminal)
            : Authority.Agent(agent);

        var session = SessionOf(installation, agent, sessionText, person);
        if (session is not null && !json) context.Error.WriteLine($"session {session}");

        var view = context.Surroundings.OutputIsTerminal && !json ? new TerminalView(context) : null;
        List<IJournalListener> listeners = [];
        if (header && !json) listeners.Add(new RunHeader(context, installation.State.Path));
        if (view is not null) listeners.Add(view);
        RunResult result;
        try
        {
            result = await installation.Runner.RunAsync(
                new(agent, message.Text, source, authority, new("operator", source), person, session), installation.SettingsOf(agent), listeners, cancellationToken);
        }
        catch (SessionException refused) when (refused.Code == SessionErrorCodes.Busy)
        {
            throw new CliException(refused.Message, "`openclawssy follow RUN` shows what it does");
        }
        catch (IOException problem) when (problem is AuditLostException or DiskException or DurabilityLostException)
        {
            throw new CliException($"the run was not started: {problem.Message}", "check the disk of the state folder; without its record nothing runs");
        }

        var mode = thinking is not null && ConfigWords.TryParse(thinking, out ThinkingMode asked) ? asked : installation.Config.Output.ThinkingMode;
        if (mode == ThinkingMode.Never || mode == ThinkingMode.OnError && result is { State: RunStates.Completed, HadRejectedCalls: false }) result = result with { Thinking = null };
        if (json) RunReport.PrintJson(result, context);
        else RunReport.Print(result, context, view?.HasShownAnswer ?? false);
        return RunReport.ExitCode(result.State, context);
    }

    /// <summary>The conversation a person named, or a new one. One that is not there or is closed is refused before anything runs.</summary>
    static SessionId? SessionOf(Installation installation, AgentId agent, string? text, OperatorAtTerminal person)
    {
        if (text is null) return null;
        if (text == "new") return installation.Sessions.Create(agent, new("cli", $"uid:{person.Uid}", "terminal")).Id;
        var id = Opening.Session(text);
        return installation.Sessions.Find(agent, id) switch
        {
            null => throw CliException.Usage($"agent \"{agent}\" has no session {id}", "--session new begins one and prints its id"),
            { IsClosed: true } => throw CliException.Usage($"the session {id} is closed", "--session new begins another one"),
            _ => id,
        };
    }
}
