using Openclawssy.Runtime.Config;

namespace Openclawssy.Egress;

/// <summary>What tools may reach, asked of the configuration file again at every request: a file of other bytes is understood anew.</summary>
/// <param name="read">The file's bytes, null when there is none.</param>
/// <param name="known">What is understood already, so that a start does not read it twice.</param>
sealed class NetworkRules(Func<byte[]?> read, string displayName, NetworkRules.Understood? known = null)
{
    /// <summary>The bytes of a file and what they let tools reach.</summary>
    public sealed record Understood(byte[]? Bytes, EgressPolicy Policy);

    volatile Understood? last = known;

    /// <summary>What the file says right now. A file that cannot be read or is refused allows nothing.</summary>
    public EgressPolicy Current()
    {
        byte[]? bytes;
        try { bytes = read(); }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return EgressPolicy.Nowhere($"{displayName} cannot be read, so nothing can be reached ({problem.Message})");
        }
        var known = last;
        if (known is not null && known.Bytes is null == bytes is null && known.Bytes.AsSpan().SequenceEqual(bytes)) return known.Policy;
        var policy = ConfigFile.Load(bytes, displayName).Config is { } config
            ? EgressPolicy.Of(config.Network)
            : EgressPolicy.Nowhere($"{displayName} has mistakes, so nothing can be reached; `openclawssy config validate` names them");
        last = new(bytes, policy);
        return policy;
    }

    /// <summary>For one run: what was allowed when it began and is allowed still. Taking away works at the next request, giving from the next run.</summary>
    public RunNetwork AtRunStart() => new(this, Current());
}

/// <summary>What one run may reach: the narrower of its snapshot and the present.</summary>
sealed class RunNetwork(NetworkRules rules, EgressPolicy snapshot)
{
    /// <exception cref="EgressDeniedException">Not there, or no longer, or not yet.</exception>
    public Destination Allow(Uri url)
    {
        var now = rules.Current().Allow(url);
        try { snapshot.Allow(url); }
        catch (EgressDeniedException denied) { throw new EgressDeniedException($"{denied.Message} (that was so when this run began; what was added since counts from the next run)"); }
        return now;
    }
}
