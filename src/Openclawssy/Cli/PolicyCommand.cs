using System.CommandLine;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools;

namespace Openclawssy.Cli;

/// <summary><c>policy list|grant|revoke|explain</c>.</summary>
sealed class PolicyCommand() : CommandGroup("policy", "what each agent may use")
{
    readonly CliCommand list = new PolicyListCommand();

    public override IReadOnlyList<CliCommand> Subcommands => [list, new PolicyGrantCommand(), new PolicyRevokeCommand(), new PolicyExplainCommand()];
    public override CliCommand Default => list;

    public static Argument<string> AgentArgument() => new("agent") { Description = "which agent" };

    public static Argument<string> CapabilityArgument()
    {
        var argument = new Argument<string>("capability") { Description = "a tool's name, or policy.admin" };
        argument.CompletionSources.Add(_ => Toolbox.All.Select(tool => tool.Name).Append(Capabilities.Admin).Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        return argument;
    }
}

/// <summary><c>policy list [AGENT] [--json]</c>.</summary>
sealed class PolicyListCommand() : CliCommand("list", "list what agents were granted")
{
    readonly Argument<string?> agent = new("agent") { Description = "one agent (default: all)", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [agent];
    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var desk = new OperatorDesk(context);
        var one = context.Parse.GetValue(agent) is { } text ? Opening.Agent(text) : (Runtime.Text.AgentId?)null;
        var listed = OperatorDesk.Ask(() => one is { } id ? [desk.Grants.RightsOf(id)] : desk.Grants.All());
        if (context.Parse.GetValue(json)) PrintJson(listed, context);
        else Table.Write(context.Out, [.. listed.Select(entry => (string[])[entry.Agent.ToString(), entry.Capabilities.Count == 0 ? "(nothing)" : string.Join(", ", entry.Capabilities)])]);
        return Task.FromResult(ExitCodes.Ok);
    }

    static void PrintJson(IReadOnlyList<AgentGrants> listed, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteStartArray("agents");
        foreach (var entry in listed)
        {
            into.WriteStartObject();
            into.WriteString("agent_id", entry.Agent.ToString());
            into.WriteStartArray("capabilities");
            foreach (var capability in entry.Capabilities) into.WriteStringValue(capability);
            into.WriteEndArray();
            into.WriteString("source", entry.IsWritten ? "persisted" : "none");
            into.WriteEndObject();
        }
        into.WriteEndArray();
        into.WriteEndObject();
    });
}

/// <summary><c>policy grant AGENT CAPABILITY</c>.</summary>
sealed class PolicyGrantCommand() : PolicyChangeCommand("grant", "give an agent one right; it counts from the agent's next run", "granted", "has")
{
    public override IReadOnlyList<string> Examples => ["policy grant default policy.list", "policy grant default policy.admin"];
    protected override GrantChange Change(IGrantsDesk desk, Runtime.Text.AgentId agent, string capability) => desk.Grant(agent, capability);
}

/// <summary><c>policy revoke AGENT CAPABILITY</c>.</summary>
sealed class PolicyRevokeCommand() : PolicyChangeCommand("revoke", "take one right from an agent; it counts at once, in a run that is going on too", "revoked", "does not have")
{
    public override IReadOnlyList<string> Examples => ["policy revoke default fs.delete"];
    protected override GrantChange Change(IGrantsDesk desk, Runtime.Text.AgentId agent, string capability) => desk.Revoke(agent, capability);
}

/// <summary>What giving and taking a right share at the command line.</summary>
/// <param name="done">The word for a change that was made.</param>
/// <param name="had">The words for one that was not needed.</param>
abstract class PolicyChangeCommand(string name, string summary, string done, string had) : CliCommand(name, summary)
{
    readonly Argument<string> agent = PolicyCommand.AgentArgument();
    readonly Argument<string> capability = PolicyCommand.CapabilityArgument();

    public override IReadOnlyList<Argument> Arguments => [agent, capability];

    protected abstract GrantChange Change(IGrantsDesk desk, Runtime.Text.AgentId agent, string capability);

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Agent(context.Parse.GetValue(agent)!);
        using var desk = new OperatorDesk(context);
        var change = OperatorDesk.Ask(() => Change(desk.Grants, id, context.Parse.GetValue(capability)!));
        context.Out.WriteLine(change.Changed ? $"{done} {TerminalText.Line(change.Capability)} ({id})" : $"nothing to do: {id} {had} {TerminalText.Line(change.Capability)}");
        return Task.FromResult(ExitCodes.Ok);
    }
}
