using System.Threading.Channels;

namespace Openclawssy.Runtime.Journal;

/// <summary>A listener with a bounded queue for one slow reader. What does not fit is dropped, oldest first, and counted; the reader can read the file instead.</summary>
/// <param name="capacity">Events kept for the reader, at least 1.</param>
public sealed class BoundedListener : IJournalListener
{
    readonly Channel<JournalEntry> entries;
    long missed;

    public BoundedListener(int capacity) => entries = Channel.CreateBounded<JournalEntry>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref missed));

    /// <summary>How many events the reader will never see here.</summary>
    public long Missed => Interlocked.Read(ref missed);

    public ChannelReader<JournalEntry> Reader => entries.Reader;

    public void Hear(RunCreated run, JournalEntry entry) => entries.Writer.TryWrite(entry);

    /// <summary>Nothing more will come.</summary>
    public void Complete() => entries.Writer.TryComplete();
}
