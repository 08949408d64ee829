namespace Openclawssy.Runtime.Scheduling;

/// <summary>What the loop remembers of one job between two looks.</summary>
sealed class JobWatch(Job job, DateTimeOffset since)
{
    readonly HashSet<DateTimeOffset> noted = [];
    DateTimeOffset? written;
    FormatException? problem;

    public Job Job { get; private set; } = job;

    /// <summary>Null when its schedule cannot be understood here.</summary>
    public Schedule? Plan { get; private set; }

    /// <summary>Planned instants up to here are done with.</summary>
    public DateTimeOffset Done { get; private set; }

    /// <summary>Instants up to here passed while it was not looked after: the program was down, it was paused or at work.</summary>
    public DateTimeOffset Since { get; private set; } = since;

    public int Running { get; set; }

    /// <summary>An instant that found no place, and when it is tried again.</summary>
    public (DateTimeOffset Instant, DateTimeOffset NotBefore, int Tries)? Waiting { get; set; }

    /// <summary>Takes over what the file says now. Returns why the schedule cannot be understood, once, or null.</summary>
    public FormatException? Take(Job changed, TimeZones zones, DateTimeOffset now)
    {
        var again = (Plan is null && problem is null) || changed.Schedule != Job.Schedule || changed.TimeZone != Job.TimeZone;
        Job = changed;
        if (again)
        {
            try { (Plan, problem) = (changed.Plan(zones), null); }
            catch (FormatException wrong) { (Plan, problem) = (null, wrong); }
        }
        if (Plan is null) return again ? problem : null;
        var done = changed.DoneUntil(Plan);
        if (done == written) return null;
        written = done;
        // What the loop itself noted may be behind what it knows by now.
        if (!noted.Remove(done)) Done = done > now ? now : done;
        return null;
    }

    /// <summary>The clock was put back: what is after now is still to come, and the ledger knows what of it was claimed.</summary>
    public void SetBack(DateTimeOffset now)
    {
        if (Done > now) Done = now;
        if (Since > now) Since = now;
        if (Waiting is var (instant, notBefore, tries) && notBefore > now) Waiting = (instant, now, tries);
    }

    public void Pass(DateTimeOffset instant)
    {
        if (instant > Done) Done = instant;
    }

    /// <summary>The loop will write this instant into the file as done with.</summary>
    public void Noting(DateTimeOffset instant)
    {
        Pass(instant);
        noted.Add(instant);
    }

    public void Neglect(DateTimeOffset upTo)
    {
        if (upTo > Since) Since = upTo;
    }

    /// <summary>The newest instant that has come and is not done with: however many passed, there is one run.</summary>
    public DateTimeOffset? Due(DateTimeOffset now) => Plan!.Last(Done, now, Job.Begin);

    public DateTimeOffset? NextAfter(DateTimeOffset now) => Plan!.NextAfter(now, Job.Begin);

    public bool IsMissed(DateTimeOffset instant) => instant <= Since && !(Plan!.BeginsAtOnce && Job is { PlannedUntil: null, LastRun: null });
}
