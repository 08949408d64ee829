namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Tells listeners of a run's events in the order they were written, each only once it is durable: a slow sync of one event
/// holds back the ones after it, never the run.
/// </summary>
sealed class ListenerOrder(IReadOnlyList<IJournalListener> listeners)
{
    readonly Queue<JournalEntry> expected = new();
    readonly HashSet<JournalEntry> ready = new(ReferenceEqualityComparer.Instance), dropped = new(ReferenceEqualityComparer.Instance);
    readonly Lock gate = new();

    /// <summary>The event is written; its turn comes after those expected before it.</summary>
    public void Expect(JournalEntry entry)
    {
        if (listeners.Count == 0) return;
        lock (gate) expected.Enqueue(entry);
    }

    /// <summary>The event is durable.</summary>
    public void Tell(RunCreated run, JournalEntry entry) => Settle(run, entry, ready);

    /// <summary>The event could not be made durable: nobody hears of it, nor waits for it.</summary>
    public void Drop(RunCreated run, JournalEntry entry) => Settle(run, entry, dropped);

    void Settle(RunCreated run, JournalEntry entry, HashSet<JournalEntry> settled)
    {
        if (listeners.Count == 0) return;
        lock (gate)
        {
            settled.Add(entry);
            while (expected.TryPeek(out var next))
            {
                var heard = ready.Remove(next);
                if (!heard && !dropped.Remove(next)) break;
                expected.Dequeue();
                if (!heard) continue;
                foreach (var listener in listeners) Tell(listener, run, next);
            }
        }
    }

    static void Tell(IJournalListener listener, RunCreated run, JournalEntry entry)
    {
        // Whatever a listener does, the run is not its business.
        try { listener.Hear(run, entry); }
        catch (Exception) { }
    }
}
