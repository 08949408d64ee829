using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>A job whose planned instant has come and is claimed.</summary>
/// <param name="Job">As it was in the file; <see cref="Job.Seen"/> is what its precheck is compared with.</param>
public sealed record JobOccurrence(Job Job, DateTimeOffset Instant);

/// <summary>What came of asking for a job's run. Closed.</summary>
public abstract record JobStart
{
    JobStart() { }

    /// <summary>Its <c>run.created</c> is on disk.</summary>
    /// <param name="Ended">Completes with the state the run ended in. A place is taken until then.</param>
    /// <param name="Seen">What the precheck saw, to be kept.</param>
    public sealed record Started(RunId Run, Task<string> Ended, string? Seen = null) : JobStart;

    /// <summary>As many runs wait as may, or the program takes none now. Nothing was written: it is tried again.</summary>
    public sealed record QueueFull(TimeSpan RetryAfter) : JobStart;

    /// <summary>It may not run: no such agent, or not allowed. The instant is done with.</summary>
    public sealed record Refused(string Code, string Text) : JobStart;

    /// <summary>There is nothing to do. The instant is done with.</summary>
    public sealed record Skipped(string Reason) : JobStart;
}
