using System.Text.Json.Nodes;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>A message that is sent to an agent on a schedule, as <c>scheduler/jobs.json</c> keeps it.</summary>
public sealed record Job(JobId Id, string Schedule, AgentId Agent, string Message)
{
    /// <summary>IANA name, for a cron expression; null means UTC.</summary>
    public string? TimeZone { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Whether one run makes up for instants that passed while nobody looked; null goes by <c>scheduler.catch_up</c>.</summary>
    public bool? CatchUp { get; init; }

    /// <summary>Whether it may begin again while it is at work.</summary>
    public bool Overlap { get; init; }

    /// <summary>A read whose answer must have changed; null means that it always runs.</summary>
    public Precheck? When { get; init; }

    /// <summary>Where the answer goes, as the channel names it. Labels: they say where, and give no right.</summary>
    public string? Channel { get; init; }

    /// <inheritdoc cref="Channel"/>
    public string? User { get; init; }

    /// <inheritdoc cref="Channel"/>
    public string? Room { get; init; }

    /// <summary>The conversation it belongs to.</summary>
    public SessionId? Session { get; init; }

    /// <summary>Who made it, outermost first, as the journal names principals. Its runs have the rights all of them and the agent share.</summary>
    public IReadOnlyList<string> Maker { get; init; } = [];

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last started.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>Planned instants up to here are done with, run or not.</summary>
    public DateTimeOffset? PlannedUntil { get; init; }

    public JobResult? LastResult { get; init; }

    /// <summary>What the precheck saw when the job last ran.</summary>
    public string? Seen { get; init; }

    /// <summary>Members this version does not know; they are kept.</summary>
    internal IReadOnlyList<KeyValuePair<string, JsonNode?>> Unknown { get; init; } = [];

    /// <exception cref="FormatException">It has no schedule that this machine understands.</exception>
    public Schedule Plan(TimeZones zones) => Scheduling.Schedule.Parse(Schedule, TimeZone, zones);

    /// <summary>Where <c>@every</c> counts from.</summary>
    public DateTimeOffset Begin => CreatedAt ?? LastRun ?? DateTimeOffset.UnixEpoch;

    /// <summary>Planned instants after this one are still to come, whatever time it is.</summary>
    public DateTimeOffset DoneUntil(Schedule plan) =>
        PlannedUntil ?? LastRun ?? (plan.IsOnce ? DateTimeOffset.MinValue : plan.BeginsAtOnce ? Begin.AddTicks(-1) : Begin);

    /// <summary>When it runs next, if it is not paused; null when never.</summary>
    public DateTimeOffset? NextRun(Schedule plan, DateTimeOffset now) => Enabled && DoneUntil(plan) is var done ? plan.NextAfter(done > now ? now : done, Begin) : null;
}

/// <summary>What came of a job's last instant.</summary>
/// <param name="State">One of <see cref="JobStates"/>, or the state its run ended in.</param>
/// <param name="Instant">The planned instant.</param>
/// <param name="At">When this was known.</param>
/// <param name="Detail">Why, where there is more to say.</param>
public sealed record JobResult(string State, DateTimeOffset Instant, DateTimeOffset At, RunId? Run = null, string? Detail = null);

/// <summary>States of a job's last instant that are no state of a run.</summary>
public static class JobStates
{
    /// <summary>Its run has begun.</summary>
    public const string Running = "running";

    /// <summary>No place for it yet; it will be tried again.</summary>
    public const string Waiting = "waiting";

    /// <summary>It was not allowed, or there is no such agent.</summary>
    public const string Refused = "refused";

    /// <summary>Its precheck found nothing to do.</summary>
    public const string Skipped = "skipped";

    /// <summary>Its instant passed while nobody looked, and it does not catch up.</summary>
    public const string Missed = "missed";

    /// <summary>It could not be started.</summary>
    public const string Failed = "failed";

    /// <summary>The program ended around it; whether it ran is in the list of runs.</summary>
    public const string Unknown = "unknown";
}
