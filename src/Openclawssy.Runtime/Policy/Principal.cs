using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>Someone a run acts for. Closed: an operator, an agent, or a labelled user of a channel.</summary>
public abstract record Principal
{
    Principal() { }

    /// <summary>Understands a name as <see cref="object.ToString"/> wrote it. Null for the operator, who takes nothing away from what is made for an agent.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Principal? Parse(string name) => name switch
    {
        "operator" => null,
        _ when name.StartsWith("agent:", StringComparison.Ordinal) => new Agent(AgentId.Parse(name["agent:".Length..])),
        _ when name.StartsWith("user:", StringComparison.Ordinal) && name.IndexOf('/') is > 5 and var slash => new Sender(name[5..slash], name[(slash + 1)..]),
        _ => throw new FormatException($"\"{OneLine.Escape(name, 80)}\" names nobody this program knows"),
    };

    /// <summary>The owner of the state folder at the command line. Every right that grants give, limits that bind everybody aside.</summary>
    /// <param name="Terminal">Name of the terminal device; null when there is none.</param>
    public sealed record Person(uint Uid, string? Terminal) : Principal
    {
        /// <summary>How the installation's audit names them.</summary>
        public string Actor => $"operator uid={Uid}{(Terminal is null ? "" : $" tty={Terminal}")}";

        public override string ToString() => "operator";
    }

    /// <summary>Whoever sends the gateway's token, on the routes that are the operator's.</summary>
    /// <param name="Credential">Names the token without giving it away.</param>
    public sealed record TokenHolder(string Credential) : Principal
    {
        /// <summary>How the installation's audit names them.</summary>
        public string Actor => $"operator {OneLine.Escape(Credential, 64)}";

        public override string ToString() => "operator";
    }

    /// <summary>An agent: what a model asked for. Its grants decide.</summary>
    public sealed record Agent(AgentId Id) : Principal
    {
        public override string ToString() => $"agent:{Id}";
    }

    /// <summary>A sender on a channel: a label for filters and records, never authority. It neither gives nor takes a right.</summary>
    public sealed record Sender(string Channel, string Name) : Principal
    {
        public override string ToString() => $"user:{OneLine.Escape(Channel, 64)}/{OneLine.Escape(Name, 128)}";
    }
}
