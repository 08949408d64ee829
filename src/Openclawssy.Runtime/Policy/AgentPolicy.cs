using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Decides who may use which tool, for one run. Grants are the snapshot taken at the run's start and the file as it is now,
/// the narrower of both: taking away works at the next call, giving from the next run.
/// </summary>
public sealed class AgentPolicy
{
    readonly GrantsFile file;
    readonly Grants snapshot;

    /// <summary>Takes the snapshot: make one at each run's start.</summary>
    public AgentPolicy(GrantsFile file) => (this.file, snapshot) = (file, file.Snapshot());

    /// <summary>What a call needs before its input is looked at: the tool's name, and <c>policy.admin</c> where the tool reaches for grants.</summary>
    public Verdict Decide(Authority authority, Tool tool) => Decide(authority, tool, file.Current());

    /// <summary>The same for a capability that is no tool, such as <see cref="Capabilities.Admin"/>.</summary>
    public Verdict Decide(Authority authority, string capability) => Decide(authority, capability, file.Current());

    /// <summary>The tools a model may be shown: exactly those <see cref="Decide(Authority, Tool)"/> allows, in the order given.</summary>
    public IReadOnlyList<Tool> Offered(Authority authority, IEnumerable<Tool> tools)
    {
        var now = file.Current();
        return [.. tools.Where(tool => Decide(authority, tool, now).Allows)];
    }

    Verdict Decide(Authority authority, Tool tool, Grants now)
    {
        var verdict = Decide(authority, tool.Name, now);
        if (!verdict.Allows || !tool.Reach.HasFlag(Reach.Grants)) return verdict;
        var admin = Decide(authority, Capabilities.Admin, now);
        return admin.Allows ? verdict : admin;
    }

    Verdict Decide(Authority authority, string capability, Grants now)
    {
        Verdict? byOperator = null, byGrant = null;
        foreach (var principal in authority.Chain)
            switch (principal)
            {
                case Principal.Person:
                    byOperator = new(VerdictKind.Allow, "operator", "the command line", "The owner of the state folder asked for this tool by name.");
                    break;
                case Principal.TokenHolder:
                    byOperator = new(VerdictKind.Allow, "operator", "the gateway's token", "The holder of the gateway's token asked for this.");
                    break;
                case Principal.Agent agent:
                    var verdict = OfAgent(agent, capability, now);
                    if (!verdict.Allows) return verdict;
                    byGrant = verdict;
                    break;
                case Principal.Sender:
                    break;
                default:
                    return Deny("unknown_principal", "the program", $"The program has no rule for {principal}.");
            }
        return byGrant ?? byOperator ?? Deny("no_principal", GrantsFile.WrittenAt, "Nobody who can hold a right is behind this run.");
    }

    Verdict OfAgent(Principal.Agent agent, string capability, Grants now)
    {
        if ((now.Problem ?? snapshot.Problem) is { } problem) return Deny("grants_unreadable", GrantsFile.WrittenAt, $"Nothing is granted to anybody: {problem}.");

        var where = $"{GrantsFile.WrittenAt} agents.{agent.Id}";
        return (snapshot.Has(agent.Id, capability), now.Has(agent.Id, capability)) switch
        {
            (true, true) => new(VerdictKind.Allow, "grant", where, $"Agent \"{agent.Id}\" is granted {capability}."),
            (false, true) => Deny("no_grant", where, $"Agent \"{agent.Id}\" was granted {capability} after this run began; it counts from the next run."),
            (true, false) => Deny("no_grant", where, $"{capability} was taken away from agent \"{agent.Id}\" during this run."),
            _ => Deny("no_grant", where, $"Agent \"{agent.Id}\" has no grant for {capability}. Only a person can give it, with `openclawssy policy grant {agent.Id} {capability}`."),
        };
    }

    static Verdict Deny(string rule, string writtenAt, string reason) => new(VerdictKind.Deny, rule, writtenAt, reason);
}
