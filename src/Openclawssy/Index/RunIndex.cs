using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>
/// The index of runs in <c>state.db</c>. One writer of this process takes lines from a queue, many in one transaction; between them it
/// brings in what the index lacks. It is opened on another thread while the instance is composed.
/// </summary>
sealed class RunIndex : IRunIndex, IDisposable
{
    const int MaxBatch = 256;

    readonly IndexFile file;
    readonly RunArchive archive;
    readonly string boot;
    readonly Action<Exception> behind;
    readonly Channel<Line> queue = Channel.CreateUnbounded<Line>(new() { SingleReader = true });
    readonly TaskCompletionSource whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SortedDictionary<long, TaskCompletionSource> waiting = [];
    readonly Lock gate = new();
    readonly Task work;
    SqliteConnection? connection;
    IndexScan? scan;
    Exception? lost;
    long issued, settled;
    bool stopping;

    /// <param name="boot">Names the machine's present start.</param>
    /// <param name="behind">Told once, when lines could not be written: the next start must look at this process' runs.</param>
    public RunIndex(IndexFile file, RunArchive archive, string boot, Action<Exception> behind)
    {
        (this.file, this.archive, this.boot, this.behind) = (file, archive, boot, behind);
        work = Task.Run(WorkOrLoseAsync);
    }

    public long Put(RunSummary line, CallLine? made = null)
    {
        lock (gate)
        {
            queue.Writer.TryWrite(new(++issued, line, made));
            return issued;
        }
    }

    public Task SettledAsync(long ticket)
    {
        lock (gate)
        {
            if (ticket <= settled) return Task.CompletedTask;
            if (!waiting.TryGetValue(ticket, out var wait)) waiting[ticket] = wait = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return wait.Task;
        }
    }

    public Task<RunPage> ListAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken) =>
        AskAsync(reads => reads.List(filter, limit, offset), cancellationToken);

    public Task<RunFigures> MeasureAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken) =>
        AskAsync(reads => reads.Measure(filter, limit, offset), cancellationToken);

    public Task<(RunId Run, string Request)?> FindByKeyAsync(string name, CancellationToken cancellationToken) => AskAsync(reads => reads.FindByKey(name), cancellationToken);

    public Task<IReadOnlyList<UsageBucket>> UsageAsync(AgentId? agent, DateTimeOffset since, TimeSpan bucket, CancellationToken cancellationToken) =>
        AskAsync(reads => reads.Usage(agent, since, bucket), cancellationToken);

    async Task<T> AskAsync<T>(Func<IndexReads, T> ask, CancellationToken cancellationToken)
    {
        // A list with holes would be taken for the truth, so it waits until there are none.
        await whole.Task.WaitAsync(cancellationToken);
        // Nor does anybody want a list that lags behind what this process just told.
        Task settled;
        lock (gate) settled = SettledAsync(issued);
        await settled.WaitAsync(cancellationToken);
        if (Volatile.Read(ref lost) is { } before) throw Unreadable(before);
        try
        {
            using var own = file.OpenAgain();
            return ask(new(own));
        }
        catch (Exception problem) when (IsOurs(problem)) { throw Unreadable(problem); }
    }

    async Task WorkAsync()
    {
        Try(() => Opened());
        var batch = new List<Line>();
        while (true)
        {
            batch.Clear();
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var line)) batch.Add(line);
            if (batch.Count > 0)
            {
                // Once lost, every further try could make a run wait for seconds.
                if (lost is null) Try(() => Write(batch));
                Settle(batch[^1].Ticket);
            }
            else if (scan is not null && !Volatile.Read(ref stopping)) Try(Scan);
            else if (!await queue.Reader.WaitToReadAsync()) break;
        }
        connection?.Dispose();
        whole.TrySetResult();
    }

    /// <summary>No run may wait for an index that cannot work: what is not expected, SQLite missing beside the program too, is a lost index.</summary>
    async Task WorkOrLoseAsync()
    {
        try { await WorkAsync(); }
        catch (Exception problem)
        {
            if (Interlocked.CompareExchange(ref lost, problem, null) is null) behind(problem);
            whole.TrySetResult();
            Settle(Interlocked.Read(ref issued));
            await foreach (var line in queue.Reader.ReadAllAsync()) Settle(line.Ticket);
        }
    }

    SqliteConnection Opened()
    {
        if (connection is not null) return connection;
        connection = file.Open();
        scan = IndexScan.Of(connection, archive, boot);
        if (scan is null) whole.TrySetResult();
        return connection;
    }

    void Write(List<Line> batch)
    {
        using var transaction = Opened().BeginTransaction(deferred: false);
        var writes = new IndexWrites(connection!);
        foreach (var (_, line, call) in batch)
        {
            if (call is not null) writes.Put(line, call);
            writes.Put(line);
        }
        transaction.Commit();
    }

    void Scan()
    {
        var open = Opened();
        if (scan is null || !scan.Next(open)) return;
        scan = null;
        whole.TrySetResult();
    }

    /// <summary>Once more after whatever went wrong, on a new connection, and on a new file when the old one is broken. Then it is left to the next start.</summary>
    void Try(Action act)
    {
        try
        {
            act();
            return;
        }
        catch (Exception problem) when (IsOurs(problem)) { Close(problem); }
        try { act(); }
        catch (Exception problem) when (IsOurs(problem)) { Lose(problem); }
    }

    void Close(Exception problem)
    {
        connection?.Dispose();
        (connection, scan) = (null, null);
        if (problem is not SqliteException broken || !IndexFile.IsBroken(broken)) return;
        try { file.MoveAsideBroken(broken); }
        catch (Exception refused) when (IsOurs(refused)) { Lose(refused); }
    }

    void Lose(Exception problem)
    {
        connection?.Dispose();
        (connection, scan) = (null, null);
        if (Interlocked.CompareExchange(ref lost, problem, null) is null) behind(problem);
        whole.TrySetResult();
    }

    void Settle(long upTo)
    {
        lock (gate)
        {
            settled = upTo;
            while (waiting.Count > 0 && waiting.First() is var (ticket, wait) && ticket <= upTo)
            {
                waiting.Remove(ticket);
                wait.SetResult();
            }
        }
    }

    // Its library cannot be loaded, its file cannot be used: an index is not worth a run.
    static bool IsOurs(Exception problem) => problem is SqliteException or IndexException or IOException or UnauthorizedAccessException or DllNotFoundException or TypeInitializationException;

    static IndexException Unreadable(Exception problem) =>
        problem as IndexException ?? new($"the index of runs cannot be used: {problem.Message}. `openclawssy doctor` looks at it; the runs themselves are not touched", problem);

    /// <summary>Writes what is queued and closes. What the index still lacks is brought in by the next start.</summary>
    public void Dispose()
    {
        Volatile.Write(ref stopping, true);
        queue.Writer.TryComplete();
        work.GetAwaiter().GetResult();
    }

    readonly record struct Line(long Ticket, RunSummary Run, CallLine? Call);
}
