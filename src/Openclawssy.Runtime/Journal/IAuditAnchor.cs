using Openclawssy.Runtime.Storage;

namespace Openclawssy.Runtime.Journal;

/// <summary>The end of an installation's audit, as it is remembered outside the installation.</summary>
/// <param name="Installation">The installation's random id.</param>
/// <param name="Segment">The segment's path below the state folder.</param>
/// <param name="Mac"><c>made</c> when this head has a MAC, <c>none</c> when its writer could not open the secret store or there is none.</param>
/// <param name="Macs">Of this head, or carried over from the last one that had any; null when there never was one.</param>
public sealed record AnchoredHead(string Installation, string Segment, long Seq, string Hash, DateTimeOffset Ts, string Mac = AnchoredHead.NoMac, IReadOnlyList<HeadMac>? Macs = null)
{
    public const string NoMac = "none", MacMade = "made";
}

/// <summary>
/// A place outside the installation that remembers how far its audit had come, so that a cut tail, a deleted file and a
/// recomputed chain are seen.
/// </summary>
public interface IAuditAnchor
{
    /// <summary>What is remembered, or null.</summary>
    AnchoredHead? Read();

    /// <summary>Remembers a later end, durably, before it returns.</summary>
    void Write(AnchoredHead head);

    /// <summary>Where it is, for messages to a person.</summary>
    string Place { get; }
}
