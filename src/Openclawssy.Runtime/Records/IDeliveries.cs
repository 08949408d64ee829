using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Records;

/// <summary>
/// The ledger of answers that still have to reach somebody: a row is put when a run ends and taken away when the channel confirms,
/// so that a restart in between loses none. A channel may be handed one twice and never none. Every method is on disk when it returns.
/// </summary>
/// <exception cref="IOException">It could not be kept.</exception>
public interface IDeliveries
{
    /// <summary>Puts a delivery; the same run's again changes nothing.</summary>
    void Put(Delivery delivery);

    /// <summary>What that channel has not confirmed, the oldest first.</summary>
    IReadOnlyList<Delivery> Pending(string channel, int limit);

    /// <summary>The runs of everything that no channel has confirmed.</summary>
    IReadOnlyList<RunId> Owed();

    /// <summary>It arrived. Confirming what is not there is fine.</summary>
    void Confirm(RunId run);
}

/// <summary>Where a run's answer goes. The answer itself is in the run's journal.</summary>
public sealed record Delivery(RunId Run, string Channel, string User, string Room, SessionId? Session);
