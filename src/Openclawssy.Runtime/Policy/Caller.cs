using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Policy;

/// <summary>Writes down, durably, what is about to be done: who, what as a dotted word, particulars.</summary>
/// <exception cref="IOException">It is not on disk, so the act must not happen.</exception>
public delegate void ActRecord(string actor, string happened, params ReadOnlySpan<(string Name, string? Value)> payload);

/// <summary>Who stands at a desk of the control plane: whose rights count there, and how the audit names them.</summary>
public sealed class Caller
{
    readonly Permit? permit;

    Caller(Authority authority, AgentPolicy policy, Permit? permit) => (Authority, Policy, this.permit) = (authority, policy, permit);

    /// <summary>The one call of a run that a permit was given for.</summary>
    public static Caller Of(Permit permit, Authority authority, AgentPolicy policy) => new(authority, policy, permit);

    /// <summary>The state folder's owner, who typed a command. No run, so no permit.</summary>
    public static Caller AtTerminal(Principal.Person person, AgentPolicy policy) => new(Authority.Operator(person.Uid, person.Terminal), policy, null);

    /// <summary>The holder of the gateway's token, at one of the gateway's own routes.</summary>
    public static Caller WithToken(string credential, AgentPolicy policy) => new(Authority.Holder(credential), policy, null);

    public Authority Authority { get; }
    public AgentPolicy Policy { get; }

    /// <summary><c>operator uid=1000 tty=/dev/pts/3</c> or <c>agent:coder</c>, and the run and call where there is one.</summary>
    public string Actor
    {
        get
        {
            var who = Authority switch
            {
                { IsOperator: true, Chain: [Principal.Person person, ..] } => person.Actor,
                { IsOperator: true, Chain: [Principal.TokenHolder holder, ..] } => holder.Actor,
                var others => others.ToString(),
            };
            return permit is null ? who : $"{who} run={permit.Run} call={permit.CallId}";
        }
    }

    /// <summary>Desks ask this before each act: the call may have been stopped meanwhile.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c>.</exception>
    public void Demand(Reach reach) => permit?.Demand(reach);

    /// <summary>Turns a verdict that says no into the answer the caller gets.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c> with the verdict's rule.</exception>
    public static void Demand(Verdict verdict, string? field = null)
    {
        if (!verdict.Allows) throw ToolException.DeniedBy(verdict.Rule, verdict.WrittenAt, verdict.Reason, field);
    }
}
