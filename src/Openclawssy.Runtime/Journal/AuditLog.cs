using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Journal;

/// <summary>
/// One agent's audit: a witness of all its runs, chained across segments and shared by every process that runs the agent. It
/// holds what was done and decided, masked and bounded, with the hash of each event it speaks of. Its end is checkpointed in
/// the installation's audit: when this process first appends after a break, every 1,000 records, every 60 s and at the end.
/// </summary>
public sealed class AuditLog : IJournalWitness, IDisposable
{
    const int RecordsBetweenCheckpoints = 1000;
    static readonly TimeSpan TimeBetweenCheckpoints = TimeSpan.FromSeconds(60);

    readonly string agentId, place;
    readonly Func<string, (string Text, int Redactions)> redact;
    readonly InstallationAudit installation;
    readonly ChainedSegments segments;
    readonly RecordedEvents recorded;
    readonly Lock gate = new();
    readonly ITimer timer;
    Task checkpointing = Task.CompletedTask;
    Exception? failure, checkpointFailure;
    long checkpointed;
    string? segment;
    bool armed, disposed;

    /// <param name="stateFolder">The installation's <c>.openclawssy</c>.</param>
    /// <param name="redact">Masks what looks like a credential; gives back the text and how often it did.</param>
    public AuditLog(string stateFolder, AgentId agent, TimeProvider clock, Func<string, (string Text, int Redactions)> redact, InstallationAudit installation)
    {
        (agentId, this.redact, this.installation) = (agent.ToString(), redact, installation);
        place = PlaceOf(agentId);
        segments = new(Path.Combine(stateFolder, place), clock, TailQuarantined);
        recorded = new(segments.Folder);
        timer = clock.CreateTimer(static log => ((AuditLog)log!).StartCheckpoint(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal static string PlaceOf(string agentId) => $"agents/{agentId}/audit";

    /// <summary>Why the last record could not be written; null while the audit works.</summary>
    public Exception? Lost => Volatile.Read(ref failure) ?? Volatile.Read(ref checkpointFailure);

    public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken) => new(Append(run, entry));

    long Append(RunCreated run, JournalEntry entry)
    {
        if (AuditRecords.NameOf(entry.Event) is not { } name) return 0;
        if (run.AgentId != agentId) throw new InvalidOperationException($"a run of agent {run.AgentId} cannot be witnessed by the audit of {agentId}");
        try
        {
            // A checkpoint that failed in the background must work before anything else is done.
            if (Volatile.Read(ref checkpointFailure) is not null) Checkpoint();
            if (Volatile.Read(ref segment) is null) installation.Begin();
            using var fields = new AuditFields(redact, string.Join(" > ", run.Principals), run.RunId, agentId, name);
            AuditRecords.WritePayload(fields, entry);
            ChainHead? head = null;
            var position = segments.Append(fields.Finish(entry.Hash), held: after => head = after);
            Volatile.Write(ref failure, null);
            AfterAppend(head!);
            return position;
        }
        catch (Exception cause)
        {
            Volatile.Write(ref failure, cause);
            throw;
        }
    }

    public void BeginSync() => segments.BeginSync();

    public async ValueTask SyncAsync(long position, CancellationToken cancellationToken)
    {
        try { await segments.SyncAsync(position); }
        catch (Exception cause)
        {
            Volatile.Write(ref failure, cause);
            throw;
        }
    }

    public void Expect(IReadOnlySet<string> runs) => recorded.Expect(runs);

    /// <summary>Segments that were read to catch up, each time counted.</summary>
    internal int SegmentsRead => recorded.SegmentsRead;

    /// <summary>A crash can fall between a journal's line and its record here. What the audit lacks at the run's end is added.</summary>
    public async ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken)
    {
        var known = recorded.EventsOf(run.RunId, story[0].Ts);
        var missing = story.Count;
        while (missing > 0 && !known.Contains(story[missing - 1].Hash)) missing--;
        var position = 0L;
        for (var i = missing; i < story.Count; i++) position = Math.Max(position, Append(run, story[i]));
        await SyncAsync(position, cancellationToken);
    }

    void AfterAppend(ChainHead head)
    {
        bool due;
        lock (gate)
        {
            if (segment is null)
            {
                // The first append of this process. A clean end left a checkpoint of the record before; then there is no hurry.
                var last = installation.LastCheckpoint(place);
                checkpointed = last?.Seq ?? 0;
                segment = last?.Segment == $"{place}/{head.Segment}" && checkpointed == head.Seq - 1 ? head.Segment : "";
            }
            due = head.Segment != segment || head.Seq - checkpointed >= RecordsBetweenCheckpoints;
            segment = head.Segment;
            if (!due && !armed)
            {
                armed = true;
                timer.Change(TimeBetweenCheckpoints, Timeout.InfiniteTimeSpan);
            }
        }
        if (due) StartCheckpoint();
    }

    // In the background: it costs several syncs, and no run has to wait for them.
    void StartCheckpoint()
    {
        lock (gate)
        {
            if (disposed) return;
            if (!checkpointing.IsCompleted)
            {
                timer.Change(TimeBetweenCheckpoints, Timeout.InfiniteTimeSpan);
                return;
            }
            checkpointing = Task.Run(() =>
            {
                try { Checkpoint(); }
                catch (Exception cause) { Volatile.Write(ref checkpointFailure, cause); }
            });
        }
    }

    /// <summary>Returns when no checkpoint is under way.</summary>
    internal Task CheckpointsDone() { lock (gate) return checkpointing; }

    /// <summary>Has the installation's audit, and its anchor, remember the present end of this one.</summary>
    public void Checkpoint()
    {
        lock (gate) armed = false;
        if (segments.Left is not var (head, position)) return;
        lock (gate)
            if (head.Seq <= checkpointed) return;
        // Only what is on disk may be vouched for: after a power cut the end must not be behind its checkpoint.
        segments.SyncAsync(position).AsTask().GetAwaiter().GetResult();
        installation.Checkpoint(agentId, $"{place}/{head.Segment}", head);
        lock (gate) checkpointed = Math.Max(checkpointed, head.Seq);
        Volatile.Write(ref checkpointFailure, null);
    }

    byte[] TailQuarantined(TornTail torn) => TailQuarantined(redact, agentId, place, torn);

    internal static byte[] TailQuarantined(Func<string, (string Text, int Redactions)> redact, string? agentId, string place, TornTail torn)
    {
        using var fields = new AuditFields(redact, "runtime", null, agentId, AuditRecords.TailQuarantined);
        fields.Word("segment", $"{place}/{torn.File}").Number("offset", torn.Offset).Number("bytes", torn.Bytes).Word("sha256", torn.Sha256);
        return fields.Finish(null).ToArray();
    }

    /// <summary>Makes the last checkpoint and closes. If that fails, the next process makes it.</summary>
    public void Dispose()
    {
        Task running;
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            running = checkpointing;
        }
        timer.Dispose();
        running.GetAwaiter().GetResult();
        try { Checkpoint(); }
        catch (IOException cause) { Volatile.Write(ref checkpointFailure, cause); }
        segments.Dispose();
    }
}
