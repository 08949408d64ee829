using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Who is behind a run: a chain of principals, outermost first. Its rights are the intersection along the chain, so that a run
/// made by another run can never do more than its maker.
/// </summary>
public sealed class Authority
{
    readonly Principal[] chain;

    Authority(Principal[] chain)
    {
        this.chain = chain;
        Names = [.. chain.Select(principal => principal.ToString())];
    }

    /// <summary>
    /// Only for a literal <c>/tool NAME {json}</c> that the state folder's owner gave as the value of <c>run --message</c>.
    /// Everything a model asks for, and <c>/tool</c> text from any other way in, is <see cref="Agent"/>.
    /// </summary>
    public static Authority Operator(uint uid, string? terminal) => new([new Principal.Person(uid, terminal)]);

    /// <summary>Only for the gateway's own routes, where the holder of its token is the operator. No run is ever made with it.</summary>
    public static Authority Holder(string credential) => new([new Principal.TokenHolder(credential)]);

    /// <summary>What a model, or a message on a channel, may do in an agent's name.</summary>
    public static Authority Agent(AgentId agent) => new([new Principal.Agent(agent)]);

    /// <summary>What a text that came over a channel may do: what the agent it is for may. Who sent it is recorded and gives nothing.</summary>
    public static Authority Sent(string channel, string sender, AgentId agent) => new([new Principal.Sender(channel, sender), new Principal.Agent(agent)]);

    /// <summary>The authority a record names, for what goes on in another process. Null when it names nobody who bounds it: an operator's own word holds only where it was given.</summary>
    /// <param name="names">As <see cref="Names"/> gave them.</param>
    public static Authority? Recorded(IReadOnlyList<string> names)
    {
        try
        {
            var chain = names.Select(Principal.Parse).OfType<Principal>().ToArray();
            return chain.Any(principal => principal is Principal.Agent) ? new(chain) : null;
        }
        catch (FormatException) { return null; }
    }

    /// <summary>
    /// What something made earlier may do in an agent's name: what every agent among its makers and that agent share. A maker's
    /// name that is not understood is refused, because leaving it out would widen the rest.
    /// </summary>
    /// <param name="makers">Names as <see cref="Names"/> wrote them, outermost first.</param>
    /// <exception cref="FormatException">One of them is no principal's name.</exception>
    public static Authority MadeBy(IReadOnlyList<string> makers, AgentId agent)
    {
        var chain = makers.Select(Principal.Parse).OfType<Principal>().ToList();
        if (chain is not [.., Principal.Agent last] || last.Id != agent) chain.Add(new Principal.Agent(agent));
        return new([.. chain]);
    }

    /// <summary>The authority of something made on behalf of this one: the same chain with one more link, never wider.</summary>
    /// <exception cref="ArgumentException">A person acts for nobody: their word would widen what they were made for.</exception>
    public Authority Narrow(Principal inner) => inner is Principal.Person or Principal.TokenHolder ? throw new ArgumentException($"{inner} acts for nobody", nameof(inner)) : new([.. chain, inner]);

    public IReadOnlyList<Principal> Chain => chain;

    /// <summary>True when a person asked for this by name and no agent stands between.</summary>
    public bool IsOperator => chain.Any(principal => principal is Principal.Person or Principal.TokenHolder) && !chain.Any(principal => principal is Principal.Agent);

    /// <summary>The chain as the journal writes it: <c>operator</c>, <c>agent:ID</c>, <c>user:CHANNEL/NAME</c>.</summary>
    public IReadOnlyList<string> Names { get; }

    public override string ToString() => string.Join(" > ", Names);
}
