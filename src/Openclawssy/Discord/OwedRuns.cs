using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>The runs whose answers have not reached whom they are for.</summary>
static class OwedRuns
{
    /// <param name="due">What no channel has taken over yet.</param>
    /// <param name="ledger">The file of what Discord owes.</param>
    /// <exception cref="IOException">One of them cannot be read, so nobody knows.</exception>
    public static IReadOnlySet<RunId> Now(IDeliveries due, string ledger)
    {
        // In this order: a row is in the channel's ledger before it goes from the installation's.
        var owed = new HashSet<RunId>(due.Owed());
        owed.UnionWith(DiscordLedger.RunsOwedIn(ledger));
        return owed;
    }
}
