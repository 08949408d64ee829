using System.Text;
using CsCheck;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Journal;

public sealed class JournalTailTests : IDisposable
{
    readonly Stories stories = new();
    readonly TempFolder folder = new();

    public void Dispose()
    {
        folder.Dispose();
        stories.Dispose();
    }

    async Task<byte[]> JournalAsync(string run)
    {
        using (var journal = stories.NewJournal(run))
        {
            await journal.WriteAsync(Stories.Created(run), default);
            foreach (var length in new[] { 1, 40_000, 3, 200_000, 50, 9_000, 9_000, 9_000, 9_000 })
                await journal.WriteAsync(new ModelText(1, new string('x', length)), default);
            await journal.WriteAsync(stories.Ended(), default);
        }
        return File.ReadAllBytes(Path.Combine(stories.RunFolder(run), JournalReader.FileName));
    }

    static List<long> Drain(JournalTail tail, long after = 0, long upTo = long.MaxValue)
    {
        var found = new List<long>();
        while (tail.Read(after, upTo) is { Count: > 0 } entries) found.AddRange(entries.Select(entry => entry.Seq));
        return found;
    }

    [Fact]
    public async Task However_a_journal_grows_every_event_is_handed_out_once_and_in_order()
    {
        var bytes = await JournalAsync("run_1");
        var number = 0;
        Gen.Int[1, 60_000].Array[1, 12].Sample(steps =>
        {
            var path = folder[$"{Interlocked.Increment(ref number)}.jsonl"];
            File.WriteAllBytes(path, []);
            var tail = new JournalTail(path);
            var found = new List<long>();
            var written = 0;
            for (var step = 0; written < bytes.Length; step++)
            {
                var count = Math.Min(steps[step % steps.Length], bytes.Length - written);
                using (var file = new FileStream(path, FileMode.Append)) file.Write(bytes, written, count);
                written += count;
                found.AddRange(Drain(tail));
            }
            Assert.Equal(Enumerable.Range(1, 11).Select(i => (long)i), found);
        }, iter: Campaign.Scale(20, 500), threads: 1);
    }

    [Fact]
    public async Task Events_before_and_beyond_the_asked_ones_are_not_handed_out()
    {
        await JournalAsync("run_1");
        var tail = new JournalTail(Path.Combine(stories.RunFolder("run_1"), JournalReader.FileName));
        Assert.Equal([3, 4, 5], Drain(tail, after: 2, upTo: 5));
        Assert.Empty(tail.Read(2, 5));
        Assert.Equal([8, 9, 10, 11], Drain(tail, after: 7));
    }

    [Fact]
    public async Task An_altered_or_shortened_journal_is_noticed()
    {
        var bytes = await JournalAsync("run_1");
        var path = folder["j.jsonl"];
        File.WriteAllBytes(path, bytes);
        var tail = new JournalTail(path);
        tail.Read(0, 1);
        File.WriteAllText(path, Encoding.UTF8.GetString(bytes).Replace("\"text\":\"x\"", "\"text\":\"y\"", StringComparison.Ordinal));
        Assert.Throws<ChainBrokenException>(() => Drain(tail));
        File.WriteAllText(path, "{}");
        Assert.Throws<ChainBrokenException>(() => tail.Read(0, long.MaxValue));
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => tail.Read(0, long.MaxValue));
    }
}
