using System.Collections.Concurrent;
using System.Threading.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>Asks for a job's run. Completes when the run is accepted or will not be.</summary>
public delegate ValueTask<JobStart> JobStarter(JobOccurrence occurrence, CancellationToken cancellationToken);

/// <summary>
/// Starts jobs when their planned instants come. An instant is claimed in the ledger before its run is asked for, so that it is
/// started at most once whatever the program or its clock does; only what is known not to have begun is tried again. Jobs at work
/// are counted until their runs end. One for each instance, in one process.
/// </summary>
/// <param name="settings">Asked at each look, so that a changed configuration counts.</param>
/// <param name="report">Tells the operator about what keeps jobs from starting.</param>
public sealed class SchedulerLoop(
    JobsFile file, IPlannedInstants ledger, Func<SchedulerConfig> settings, JobStarter start, TimeProvider clock, TimeZones zones, Action<string, Exception> report)
{
    /// <summary>How often the file is looked at.</summary>
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A longer time between two looks means that nobody looked: the machine slept, or its clock was put forward.</summary>
    static readonly TimeSpan Lapse = TimeSpan.FromMinutes(1);

    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    readonly Dictionary<JobId, JobWatch> watches = [];
    readonly ConcurrentQueue<Action<DateTimeOffset>> told = new();
    readonly Queue<Action> owed = new();
    readonly List<(JobId Job, Func<Job, Job> Change)> notes = [];
    readonly Channel<bool> bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly HashSet<string> reported = new(StringComparer.Ordinal);

    JobBook? book;
    FileStamp? stamp;
    DateTimeOffset? before;
    CancellationToken stopping;
    bool recovered;
    int running;

    /// <summary>Looks until it is stopped. Close the intake of runs first and let them end: what ends later is found by the next start.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        stopping = cancellationToken;
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = Look();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(wait, clock, either.Token), bell.Reader.WaitToReadAsync(either.Token).AsTask());
            await either.CancelAsync();
            bell.Reader.TryRead(out _);
        }
        Listen(clock.GetUtcNow());
        Settle();
    }

    /// <summary>One look: what ended is noted, what is due is started. Returns how long nothing is known to be due.</summary>
    internal TimeSpan Look()
    {
        var now = clock.GetUtcNow();
        Listen(now);
        if (!Recover(now) || !Settle() || !Reload(now)) return Period;
        Attend(now);
        if (!book!.Paused) StartDue(now);
        Listen(now);
        Settle();
        return Rest(now);
    }

    // Ends and answers come from other threads; they are taken in here, one after the other.
    void Listen(DateTimeOffset now)
    {
        while (told.TryDequeue(out var news)) news(now);
    }

    void Tell(Action<DateTimeOffset> news)
    {
        told.Enqueue(news);
        bell.Writer.TryWrite(true);
    }

    /// <summary>What an earlier process left: instants that surely did not begin are tried again, the others are told and never repeated.</summary>
    bool Recover(DateTimeOffset now)
    {
        if (recovered) return true;
        return Try("the ledger of planned instants", () =>
        {
            if (!Reload(now)) return;
            var open = ledger.Open();
            foreach (var job in book!.Jobs.Where(job => job.LastResult is { State: JobStates.Running }))
                Note(job.Id, known => known.LastResult is { State: JobStates.Running } last
                    ? known with { LastResult = last with { State = JobStates.Unknown, At = now, Detail = "the program ended while it ran; `runs show` tells what became of it" } } : known);
            foreach (var (job, instant, putBack) in open)
            {
                var watch = watches.GetValueOrDefault(job);
                if (putBack && watch is not null) watch.Waiting = (instant, now, 0);
                else owed.Enqueue(() => ledger.Settle(job, instant, null));
                if (!putBack) NoteResult(job, watch?.Job, new(JobStates.Unknown, instant, now, Detail: "the program ended as it was being started; it is not started again. `runs list` shows whether it began"));
            }
            recovered = true;
        }) && recovered;
    }

    /// <summary>Writes what there is to write, in order. Until all of it is written nothing is started.</summary>
    bool Settle()
    {
        if (notes.Count > 0)
        {
            (JobId Job, Func<Job, Job> Change)[] batch = [.. notes];
            notes.Clear();
            owed.Enqueue(() => file.Change(known => batch.Aggregate(known, (into, note) => into.Find(note.Job) is { } job ? into.With(note.Change(job)) : into)));
        }
        return Try("the record of jobs", () =>
        {
            while (owed.TryPeek(out var act))
            {
                act();
                owed.Dequeue();
            }
        });
    }

    bool Reload(DateTimeOffset now) => Try(JobsFile.WrittenAt, () =>
    {
        var seen = file.Stamp;
        if (book is not null && seen == stamp) return;
        book = null;
        var read = file.Read();
        foreach (var gone in watches.Keys.Where(id => read.Find(id) is null).ToList()) Drop(gone);
        foreach (var written in read.Jobs)
        {
            var job = written;
            if (written is { CreatedAt: null, LastRun: null })
            {
                // By hand, or of the earlier program: it begins when it is first seen.
                job = written with { CreatedAt = now };
                Note(written.Id, known => known.CreatedAt is null ? known with { CreatedAt = now } : known);
            }
            if (!watches.TryGetValue(job.Id, out var watch)) watches[job.Id] = watch = new(job, before ?? now);
            if (watch.Take(job, zones, now) is { } problem) report($"job {job.Id} never runs", problem);
        }
        (book, stamp) = (read, seen);
    });

    // A job that was removed may still be at work; its place is free when it ends.
    void Drop(JobId gone)
    {
        if (watches.Remove(gone, out var watch) && watch.Waiting is { } waiting) owed.Enqueue(() => ledger.Settle(gone, waiting.Instant, null));
    }

    /// <summary>Sees to the clock, and to whom nobody looks after now.</summary>
    void Attend(DateTimeOffset now)
    {
        foreach (var watch in watches.Values)
        {
            if (now < before) watch.SetBack(now);
            if (now - before > Lapse) watch.Neglect(now - Lapse);
            if (book!.Paused || !watch.Job.Enabled || IsBusy(watch)) watch.Neglect(now);
        }
        before = now;
    }

    static bool IsBusy(JobWatch watch) => watch.Running > 0 && !watch.Job.Overlap;

    void StartDue(DateTimeOffset now)
    {
        var config = settings();
        var due = new List<(JobWatch Watch, DateTimeOffset Instant)>();
        foreach (var watch in watches.Values.Where(watch => watch.Plan is not null && watch.Job.Enabled && !IsBusy(watch)))
        {
            if (watch.Waiting is { } waiting)
            {
                if (waiting.NotBefore <= now) due.Add((watch, waiting.Instant));
            }
            else if (watch.Due(now) is { } instant)
            {
                if (!watch.IsMissed(instant) || (watch.Job.CatchUp ?? config.CatchUp)) due.Add((watch, instant));
                else PassOver(watch, instant, now);
            }
        }
        foreach (var (watch, instant) in due.OrderBy(one => one.Instant).ThenBy(one => one.Watch.Job.Id.ToString(), StringComparer.Ordinal))
            if (running >= Math.Max(1, config.MaxConcurrentJobs) || !Try("the ledger of planned instants", () => Begin(watch, instant, now))) return;
    }

    void PassOver(JobWatch watch, DateTimeOffset instant, DateTimeOffset now)
    {
        watch.Pass(instant);
        // What passed while the job itself was at work is no news beside how that work ended.
        if (watch.Job.LastResult is { At: var at } && at >= instant && !watch.Plan!.IsOnce) return;
        NoteResult(watch.Job.Id, watch.Job, new(JobStates.Missed, instant, now, Detail: "it came while the scheduler was not running or paused, and this job does not catch up"));
    }

    void Begin(JobWatch watch, DateTimeOffset instant, DateTimeOffset now)
    {
        var job = watch.Job;
        var claimed = ledger.TryClaim(job.Id, instant);
        var tries = watch.Waiting?.Tries ?? 0;
        watch.Waiting = null;
        watch.Pass(instant);
        if (!claimed)
        {
            // After a crash the ledger knows more than the file.
            NoteResult(job.Id, job, job.LastResult is { } known && known.Instant == instant ? known : new(JobStates.Unknown, instant, now, Detail: "it was started before; `runs list` shows what became of it"));
            return;
        }
        watch.Running++;
        running++;
        _ = CarryAsync(watch, new(job, instant), tries);
    }

    async Task CarryAsync(JobWatch watch, JobOccurrence occurrence, int tries)
    {
        JobStart? came = null;
        try { came = await start(occurrence, stopping); }
        // Whether it began is not known, so its claim stays open for the next start to tell.
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { return; }
        catch (Exception problem) { report($"job {occurrence.Job.Id} could not be started", problem); }
        Tell(now => Answer(watch, occurrence, came, tries, now));
        if (came is not JobStart.Started started) return;
        string state;
        try { state = await started.Ended; }
        catch (Exception problem)
        {
            report($"job {occurrence.Job.Id}: the end of {started.Run} is not known", problem);
            state = JobStates.Unknown;
        }
        Tell(now =>
        {
            Free(watch);
            Note(occurrence.Job.Id, job => job.LastResult is { } last && last.Instant > occurrence.Instant ? job : job with { LastResult = new(state, occurrence.Instant, now, started.Run) });
        });
    }

    void Answer(JobWatch watch, JobOccurrence occurrence, JobStart? came, int tries, DateTimeOffset now)
    {
        var (job, instant) = occurrence;
        RunId? run = null;
        switch (came)
        {
            case JobStart.QueueFull full:
                Free(watch);
                var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(tries, 10))));
                watch.Waiting = (instant, now + (full.RetryAfter > pause ? full.RetryAfter : pause), tries + 1);
                owed.Enqueue(() => ledger.PutBack(job.Id, instant));
                Note(job.Id, known => known with { LastResult = new(JobStates.Waiting, instant, now, Detail: "as many runs wait as may; it is tried again") });
                // Removed meanwhile: nobody tries it again.
                if (watches.GetValueOrDefault(job.Id) != watch) owed.Enqueue(() => ledger.Settle(job.Id, instant, null));
                return;
            case JobStart.Started started:
                run = started.Run;
                NoteResult(job.Id, job, new(JobStates.Running, instant, now, run), known => known with { LastRun = now, Seen = started.Seen ?? known.Seen });
                break;
            case JobStart.Refused refused:
                NoteResult(job.Id, job, new(JobStates.Refused, instant, now, Detail: $"{refused.Code}: {OneLine.Escape(refused.Text, 400)}"));
                break;
            case JobStart.Skipped skipped:
                NoteResult(job.Id, job, new(JobStates.Skipped, instant, now, Detail: OneLine.Escape(skipped.Reason, 400)));
                break;
            default:
                NoteResult(job.Id, job, new(JobStates.Failed, instant, now, Detail: "it could not be started; the operator's log has the detail"));
                break;
        }
        if (run is null) Free(watch);
        owed.Enqueue(() => ledger.Settle(job.Id, instant, run));
    }

    void Free(JobWatch watch)
    {
        watch.Running--;
        running--;
    }

    void Note(JobId job, Func<Job, Job> change) => notes.Add((job, change));

    /// <summary>Notes the end of an instant: what came of it, that it is done with, and that one without another is over. A schedule that was changed meanwhile is left alone.</summary>
    void NoteResult(JobId id, Job? planned, JobResult result, Func<Job, Job>? more = null)
    {
        var watch = watches.GetValueOrDefault(id);
        var isLast = planned is not null && watch?.Plan?.IsOnce == true;
        watch?.Noting(result.Instant);
        Note(id, job =>
        {
            var same = planned is null || job.Schedule == planned.Schedule && job.TimeZone == planned.TimeZone;
            var noted = job with { LastResult = result, PlannedUntil = same ? result.Instant : job.PlannedUntil, Enabled = job.Enabled && !(same && isLast) };
            return more?.Invoke(noted) ?? noted;
        });
    }

    TimeSpan Rest(DateTimeOffset now)
    {
        var rest = Period;
        foreach (var watch in watches.Values.Where(watch => watch.Plan is not null && watch.Job.Enabled))
        {
            var next = watch.Waiting is { } waiting ? waiting.NotBefore : watch.NextAfter(now);
            if (next - now is { } left && left > TimeSpan.Zero && left < rest) rest = left;
        }
        return rest;
    }

    /// <summary>What cannot be read or written stops everything until it can, and is told once.</summary>
    bool Try(string what, Action act)
    {
        try
        {
            act();
            reported.Remove(what);
            return true;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            if (reported.Add(what)) report(what, problem);
            return false;
        }
    }
}
