using System.Text;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// Collects streamed text and writes it to the journal in batches of 250 ms or 1 KiB, before anybody is shown it.
/// </summary>
sealed class TextBatches(RunJournal journal, TimeProvider clock, Question question)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(250);
    public const int MaxBytes = 1024;

    readonly StringBuilder pending = new();
    readonly List<long> written = [];
    int pendingBytes;
    long began;

    public IReadOnlyList<long> Written => written;

    /// <summary>How long the oldest unwritten text may still wait; null when nothing waits.</summary>
    public TimeSpan? Remaining => pending.Length == 0 ? null : MaxAge - clock.GetElapsedTime(began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public async ValueTask AddAsync(string delta)
    {
        if (delta.Length == 0) return;
        if (pending.Length == 0) began = clock.GetTimestamp();
        pending.Append(delta);
        pendingBytes += Encoding.UTF8.GetByteCount(delta);
        if (pendingBytes >= MaxBytes || Remaining == TimeSpan.Zero) await FlushAsync();
    }

    public async ValueTask FlushAsync()
    {
        // Half a surrogate pair waits for its other half; a lone one cannot be stored as UTF-8.
        var length = pending.Length > 0 && char.IsHighSurrogate(pending[^1]) ? pending.Length - 1 : pending.Length;
        if (length == 0) return;
        var text = pending.ToString(0, length);
        pending.Remove(0, length);
        pendingBytes = Encoding.UTF8.GetByteCount(pending.ToString());
        written.Add((await journal.WriteAsync(new ModelText(question.Turn, text, question.Purpose), default)).Seq);
    }
}
