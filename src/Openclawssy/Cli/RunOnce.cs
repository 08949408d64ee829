using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>What <c>ask</c> and <c>run</c> share: one run in this process, shown while it happens, told at the end.</summary>
static class RunOnce
{
    /// <param name="source"><c>cli.ask</c> or <c>cli.run</c>, as the journal records it.</param>
    /// <param name="mayBeOperator">True only for <c>run</c>: there a typed <c>/tool</c> given literally has the operator's rights.</param>
    public static async Task<int> RunAsync(
        CommandContext context, string source, string agentText, MessageInput message, bool mayBeOperator, bool header, bool json, string? thinking, CancellationToken cancellationToken)
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

        var view = context.Surroundings.OutputIsTerminal && !json ? new TerminalView(context) : null;
        List<IJournalListener> listeners = [];
        if (header && !json) listeners.Add(new RunHeader(context, installation.State.Path));
        if (view is not null) listeners.Add(view);
        RunResult result;
        try
        {
            result = await installation.Runner.RunAsync(
                new(agent, message.Text, source, authority, new("operator", source), person), installation.SettingsOf(agent), listeners, cancellationToken);
        }
        catch (IOException problem) when (problem is AuditLostException or DiskException or DurabilityLostException)
        {
            throw new CliException($"the run was not started: {problem.Message}", "check the disk of the state folder; without its record nothing runs");
        }

        var mode = thinking is not null && ConfigWords.TryParse(thinking, out ThinkingMode asked) ? asked : installation.Config.Output.ThinkingMode;
        if (mode == ThinkingMode.Never || mode == ThinkingMode.OnError && result.State == RunStates.Completed) result = result with { Thinking = null };
        if (json) RunReport.PrintJson(result, context);
        else RunReport.Print(result, context, view?.HasShownAnswer ?? false);
        return RunReport.ExitCode(result.State, context);
    }
}
