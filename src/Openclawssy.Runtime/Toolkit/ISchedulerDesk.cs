using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>
/// The desk where jobs are listed, added, removed and paused. Made by the gate for one permitted call. An agent's own jobs are those
/// that run as it; all others need <c>policy.admin</c>, and so does pausing everything. A change is in the audit and on disk when the
/// method returns.
/// </summary>
/// <exception cref="ToolException"><c>policy.denied</c>: it is not the caller's. <c>tool.input_invalid</c>: there is no such job, or it cannot be like that.</exception>
public interface ISchedulerDesk
{
    /// <summary>Whether everything is paused, and the jobs the caller may see, by id.</summary>
    (bool Paused, IReadOnlyList<JobView> Jobs) List();

    JobView Add(NewJob job);

    void Remove(JobId job);

    /// <summary>Pauses and resumes.</summary>
    /// <param name="job">Null means the whole scheduler.</param>
    void Switch(JobId? job, bool running);
}

/// <summary>A job to be.</summary>
/// <param name="Id">Null makes one.</param>
/// <param name="Agent">Whom it runs as; null means the caller.</param>
/// <param name="When">A reading tool and its input as JSON; the job runs only when the answer changed.</param>
/// <param name="Replace">Whether a job of that id may be there; what is known of its runs is kept.</param>
public sealed record NewJob(
    JobId? Id, string Schedule, string Message, AgentId? Agent = null, bool Enabled = true, string? TimeZone = null, bool? CatchUp = null, bool Overlap = false, (string Tool, string InputJson)? When = null,
    string? Channel = null, string? User = null, string? Room = null, SessionId? Session = null, bool Replace = false);

/// <summary>A job as it may be seen.</summary>
/// <param name="Explained">The schedule in words, or why it cannot be understood here.</param>
/// <param name="NextRun">Null when it never runs again as things are.</param>
/// <param name="Last">What came of its last instant.</param>
public sealed record JobView(
    JobId Id, string Schedule, string Explained, AgentId Agent, string Message, bool Enabled, string? TimeZone, bool? CatchUp, bool Overlap, (string Tool, string InputJson)? When,
    string? Channel, string? User, string? Room, SessionId? Session, IReadOnlyList<string> Maker, DateTimeOffset? LastRun, DateTimeOffset? NextRun, JobOutcome? Last);

/// <param name="State">The state the run ended in, or why there was none.</param>
public sealed record JobOutcome(string State, DateTimeOffset Instant, DateTimeOffset At, RunId? Run, string? Detail);
