using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>
/// Notes, with the end of a job's run, that its answer is to be delivered to the channel the job names. The row is there before the end
/// is acknowledged, also for a run that the next start closes; the channel takes it away when the answer arrived. What is read in the
/// conversation itself, such as the dashboard's, needs no delivery.
/// </summary>
/// <param name="report">Hears when the ledger cannot be written: the run has its end all the same.</param>
public sealed class DeliveryWitness(IDeliveries deliveries, SessionStore sessions, Action<string, Exception> report) : IJournalWitness
{
    const string Scheduled = ScheduledRuns.Source + "/";

    public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Event is RunEnded) Note(run);
        return new(0);
    }

    public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => default;

    public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken)
    {
        if (story[^1].Event is RunEnded) Note(run);
        return default;
    }

    void Note(RunCreated run)
    {
        if (!run.Source.StartsWith(Scheduled, StringComparison.Ordinal) || run.Source[Scheduled.Length..] is ChannelNames.Dashboard) return;
        if (!RunId.TryParse(run.RunId, out var id) || !AgentId.TryParse(run.AgentId, out var agent) || !SessionId.TryParse(run.SessionId, out var session)) return;
        try
        {
            if (sessions.Find(agent, session) is { Place: var place }) deliveries.Put(new(id, place.Channel, place.User, place.Room, session));
        }
        catch (Exception problem) when (problem is IOException or SessionException) { report($"the delivery of {id}", problem); }
    }
}
