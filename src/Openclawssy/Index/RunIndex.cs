using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>
/// The index of runs in <c>state.db</c>. One writer of this process takes lines from a queue, many in one transaction; between them it
/// brings in what the index lacks. It is opened on another thread while the instance is composed. When it cannot be used, runs go on
/// without it; a read that comes a while later tries again, and brings in from the journals whatever was missed.
/// </summary>
sealed class RunIndex : IRunIndex, IDisposable
{
    const int MaxBatch = 256;

    /// <summary>How long a lost index is left alone before a read tries it again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    readonly IndexFile file;
    readonly RunArchive archive;
    readonly string boot;
    readonly TimeProvider clock;
    readonly Action<Exception> behind;
    readonly Channel<Line> queue = Channel.CreateUnbounded<Line>(new() { SingleReader = true });
    readonly SortedDictionary<long, TaskCompletionSource> waiting = [];
    readonly Lock gate = new();
    readonly List<TaskCompletionSource> asking = [];
    readonly Task work;
    SqliteConnection? connection;
    IndexScan? scan;
    volatile TaskCompletionSource whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Exception? lost;
    long issued, settled, taken, lostAt;
    bool stopping, missed, told;

    /// <param name="boot">Names the machine's present start.</param>
    /// <param name="behind">Told once, when lines could not be written: the next start must look at this process' runs.</param>
    public RunIndex(IndexFile file, RunArchive archive, string boot, TimeProvider clock, Action<Exception> behind)
    {
        (this.file, this.archive, this.boot, this.clock, this.behind) = (file, archive, boot, clock, behind);
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

    /// <summary>The run is no more.</summary>
    public void Forget(RunId run)
    {
        lock (gate) queue.Writer.TryWrite(new(++issued, null, null, Gone: run));
    }

    // In the same queue: what was put before it is on its way through the journals, what comes after it is written.
    Task TryAgainAsync()
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate) return queue.Writer.TryWrite(new(++issued, null, null, tried)) ? tried.Task : Task.CompletedTask;
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

    /// <summary>An agent's finished runs, without the newest.</summary>
    public Task<IReadOnlyList<RunId>> EndedBeyondAsync(AgentId agent, int newest, CancellationToken cancellationToken) => AskAsync(reads => reads.EndedBeyond(agent, newest), cancellationToken);

    public Task<IReadOnlyList<UsageBucket>> UsageAsync(AgentId? agent, DateTimeOffset since, TimeSpan bucket, CancellationToken cancellationToken) =>
        AskAsync(reads => reads.Usage(agent, since, bucket), cancellationToken);

    async Task<T> AskAsync<T>(Func<IndexReads, T> ask, CancellationToken cancellationToken)
    {
        // A list with holes would be taken for the truth, so it waits until there are none; also when it was lost and found meanwhile.
        for (TaskCompletionSource? seen = null; seen != whole;)
        {
            seen = whole;
            await seen.Task.WaitAsync(cancellationToken);
            if (HasRested) await TryAgainAsync().WaitAsync(cancellationToken);
            if (Volatile.Read(ref lost) is { } before) throw Unreadable(before);
        }
        // Nor does anybody want a list that lags behind what this process just told.
        Task settled;
        lock (gate) settled = SettledAsync(issued);
        await settled.WaitAsync(cancellationToken);
        try
        {
            using var own = file.OpenAgain();
            return ask(new(own));
        }
        catch (Exception problem) when (IsOurs(problem)) { throw Unreadable(problem); }
    }

    async Task WorkAsync()
    {
        // After a surprise: whatever it left is not gone on with.
        connection?.Dispose();
        (connection, scan) = (null, null);
        Try(() => Opened());
        var batch = new List<Line>();
        while (true)
        {
            batch.Clear();
            while (batch.Count < MaxBatch && queue.Reader.TryRead(out var line))
            {
                taken = line.Ticket;
                if (line.Again is { } asked) asking.Add(asked);
                else batch.Add(line);
            }
            if (batch.Count > 0 || asking.Count > 0)
            {
                // Once lost, every further try could make a run wait for seconds.
                if (lost is null && batch.Count > 0) Try(() => Write(batch));
                Settle(taken);
                if (asking.Count > 0 && HasRested)
                {
                    Forgive();
                    Try(() => Opened());
                }
                Answer();
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
        while (true)
        {
            try
            {
                await WorkAsync();
                return;
            }
            catch (Exception problem)
            {
                GiveUp(problem);
                Settle(taken);
                Answer();
            }
            if (!await AskedAgainAsync()) return;
        }
    }

    /// <summary>Lets lines pass until a read asks for the index after its rest; false at the end. Names no type of SQLite, which may be what is missing.</summary>
    async Task<bool> AskedAgainAsync()
    {
        await foreach (var line in queue.Reader.ReadAllAsync())
        {
            Settle(taken = line.Ticket);
            var again = line.Again is not null && HasRested;
            if (again) Forgive();
            line.Again?.SetResult();
            if (again) return true;
        }
        return false;
    }

    bool HasRested => Volatile.Read(ref lost) is not null && clock.GetElapsedTime(Interlocked.Read(ref lostAt)) >= Rest;

    void Answer()
    {
        asking.ForEach(asked => asked.SetResult());
        asking.Clear();
    }

    // In this order: who sees that it is found must see that it has to wait until it is whole.
    void Forgive()
    {
        whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref lost, null);
    }

    SqliteConnection Opened()
    {
        if (connection is not null) return connection;
        connection = file.Open();
        // What was not written down while it was lost is in the journals alone.
        if (missed) IndexScan.Mistrust(connection);
        missed = false;
        scan = IndexScan.Of(connection, archive, boot);
        if (scan is null) whole.TrySetResult();
        return connection;
    }

    void Write(List<Line> batch)
    {
        using var transaction = Opened().BeginTransaction(deferred: false);
        var writes = new IndexWrites(connection!);
        foreach (var (_, line, call, _, gone) in batch)
        {
            if (gone is { } run)
            {
                writes.Remove(run.ToString());
                continue;
            }
            if (call is not null) writes.Put(line!, call);
            writes.Put(line!);
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
        GiveUp(problem);
    }

    void GiveUp(Exception problem)
    {
        missed = true;
        Interlocked.Exchange(ref lostAt, clock.GetTimestamp());
        Interlocked.CompareExchange(ref lost, problem, null);
        if (!told)
        {
            told = true;
            behind(problem);
        }
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

    /// <param name="Again">In place of a line: to be tried again if it is lost.</param>
    /// <param name="Gone">In place of a line: a run that was removed.</param>
    readonly record struct Line(long Ticket, RunSummary? Run, CallLine? Call, TaskCompletionSource? Again = null, RunId? Gone = null);
}
