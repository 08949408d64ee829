using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Journal;

namespace Openclawssy.Tests.Feed;

/// <summary>A state folder with one agent, the journals a test writes in it, and a feed.</summary>
sealed class FeedHouse : IDisposable
{
    static readonly Provenance Model = new("model", "m");

    readonly TempFolder folder = new();

    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public LiveRuns Live { get; } = new();

    public string FolderOf(string run) => folder[$"agents/default/runs/{run}"];
    public string FileOf(string run) => Path.Combine(FolderOf(run), JournalReader.FileName);

    public RunFeed Feed(int queue = 64) => new(folder.Path, Live, Clock, queue);

    public RunJournal Journal(string run, IReadOnlyList<IJournalListener>? listeners = null, IReadOnlyList<IJournalWitness>? witnesses = null) =>
        RunJournal.Create(FolderOf(run), Clock, witnesses ?? [], listeners ?? []);

    public IAsyncEnumerator<FeedEvent> Follow(string run, long after = 0, int queue = 64, CancellationToken cancellationToken = default) =>
        Feed(queue).FollowAsync(RunId.Parse(run), after, ThinkingMode.Never, cancellationToken).GetAsyncEnumerator(cancellationToken);

    public async Task<List<FeedEvent>> AllAsync(string run, long after = 0)
    {
        var all = new List<FeedEvent>();
        await foreach (var shown in Feed().FollowAsync(RunId.Parse(run), after, ThinkingMode.Never, default)) all.Add(shown);
        return all;
    }

    /// <summary>The follower's next event; the clock goes on until it is there.</summary>
    public async Task<FeedEvent?> NextAsync(IAsyncEnumerator<FeedEvent> events)
    {
        var next = events.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            Clock.Advance(RunFeed.PollInterval);
            await Task.Yield();
        }
        return await next ? events.Current : null;
    }

    public static async Task SayAsync(RunJournal journal, string run, IEnumerable<string> pieces)
    {
        await journal.WriteAsync(Stories.Created(run), default);
        var texts = new List<long>();
        foreach (var piece in pieces) texts.Add((await journal.WriteAsync(new ModelText(1, piece), default)).Seq);
        var answer = await journal.WriteAsync(new ModelAnswered(1, texts, null, [], "stop", null, null, null, 20, Model), default);
        await journal.WriteAsync(Completed(answer.Seq), default);
    }

    public static RunEnded Completed(long? from = null) => new("completed", null, from, null, null, null, 0, 1, null, default, 50);

    public void Dispose() => folder.Dispose();
}
