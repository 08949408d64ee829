namespace Openclawssy.Runtime.Journal;

/// <summary>
/// Somebody who would like to hear of events, in order, after they are as durable as they have to be: the live feed, metrics.
/// It can neither slow nor break a run: it must keep what it hears in bounded space and return at once, and what it throws is
/// ignored.
/// </summary>
public interface IJournalListener
{
    void Hear(RunCreated run, JournalEntry entry);
}
