using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>A job as tools show it. The names are those of the file.</summary>
public sealed record JobRow(
    [property: Description("The job's id.")] string Id,
    [property: Description("When it is due, as written.")] string Schedule,
    [property: Description("When it is due, in words.")] string Explained,
    [property: JsonPropertyName("agentID"), Description("Whom it runs as.")] string AgentId,
    [property: Description("What the agent is told.")] string Message,
    [property: Description("Where the answer goes.")] string? Channel,
    [property: Description("To whom, as the channel names them.")] string? UserId,
    [property: Description("Where, as the channel names it.")] string? RoomId,
    [property: Description("The conversation it belongs to.")] string? SessionId,
    [property: Description("False while the job is paused, and once a single instant is over.")] bool Enabled,
    [property: Description("The cron expression's time zone; left out for UTC.")] string? TimeZone,
    [property: Description("Whether one run makes up for missed instants; left out when the configuration decides.")] bool? CatchUp,
    [property: Description("Whether it may begin again while it is at work.")] bool Overlap,
    [property: Description("The reading tool whose answer must have changed.")] string? WhenTool,
    [property: JsonPropertyName("lastRun"), Description("When it was last started, UTC; empty when never.")] string LastRun,
    [property: Description("When it is due next, UTC; left out when never.")] string? NextRun,
    [property: Description("What came of its last instant: the state its run ended in, or running, waiting, refused, skipped, missed, failed, unknown.")] string? LastState,
    [property: Description("That run.")] string? LastRunId,
    [property: Description("Why, where there is more to say.")] string? LastDetail)
{
    public static JobRow Of(JobView job) => new(
        job.Id.ToString(), job.Schedule, job.Explained, job.Agent.ToString(), job.Message, job.Channel, job.User, job.Room, job.Session?.ToString(), job.Enabled, job.TimeZone, job.CatchUp, job.Overlap,
        job.When?.Tool, job.LastRun is { } ran ? Given.Time(ran) : "", job.NextRun is { } next ? Given.Time(next) : null, job.Last?.State, job.Last?.Run?.ToString(), job.Last?.Detail);
}
