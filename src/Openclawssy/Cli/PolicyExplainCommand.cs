using System.CommandLine;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary><c>policy explain AGENT TOOL [JSON] [--json]</c>: the verdict a call would get now, the rule behind it and where it is written.</summary>
sealed class PolicyExplainCommand() : CliCommand("explain", "say what the verdict on a call would be, by which rule, and where it is written")
{
    readonly Argument<string> agent = PolicyCommand.AgentArgument();
    readonly Argument<string> tool = PolicyCommand.CapabilityArgument();
    readonly Argument<string?> input = new("input") { Description = "the call's input as JSON; rules about it are asked too", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [agent, tool, input];
    public override IReadOnlyList<Option> Options => [json];
    public override string Details => "nothing is run and nothing is written; what the workspace's guard, the network rules and the sandbox say, and whether a new configuration is valid as a whole, is found out only by the call itself";
    public override IReadOnlyList<string> Examples => ["policy explain default fs.read", """policy explain default config.set '{"updates":{"network.enabled":true}}'"""];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Agent(context.Parse.GetValue(agent)!);
        using var desk = new OperatorDesk(context);
        var verdict = Verdict(desk, id, context.Parse.GetValue(tool)!, context.Parse.GetValue(input));
        if (context.Parse.GetValue(json)) PrintJson(verdict, context);
        else Table.Write(context.Out, (string[][])[["verdict:", verdict.Word], ["rule:", verdict.Rule], ["written at:", verdict.WrittenAt], ["reason:", verdict.Reason]]);
        return Task.FromResult(ExitCodes.Ok);
    }

    static Verdict Verdict(OperatorDesk desk, AgentId agent, string asked, string? input)
    {
        var agents = AgentFolder.Existing(desk.State.Path);
        if (!agents.Contains(agent))
            return Explanation.Deny("no_agent", $"agents/{agent}", $"There is no agent \"{agent}\"; `openclawssy init -agent {agent}` makes one.");
        if (!desk.Config.IsEnabled(agent))
            return Explanation.Deny("agent_disabled", "config.json agents.enabled_agent_ids and agents.profiles", $"Agent \"{agent}\" is switched off, so it makes no runs.");
        var policy = new AgentPolicy(desk.GrantsFile);
        var authority = Authority.Agent(agent);
        if (asked == Capabilities.Admin) return policy.Decide(authority, Capabilities.Admin);
        var found = desk.Catalog.Find(asked) ?? throw Args.Unknown("tool", asked, NearestName.Find(asked, desk.Catalog.All.Select(tool => tool.Name)), "openclawssy tools");
        return new Explanation(authority, policy, desk.GrantsFile, desk.Catalog, desk.Config, agents).Of(found, input);
    }

    static void PrintJson(Verdict verdict, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteString("verdict", verdict.Word);
        into.WriteString("rule", verdict.Rule);
        into.WriteString("written_at", verdict.WrittenAt);
        into.WriteString("reason", verdict.Reason);
        into.WriteEndObject();
    });
}
