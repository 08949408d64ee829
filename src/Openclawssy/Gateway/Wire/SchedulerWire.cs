namespace Openclawssy.Gateway.Wire;

/// <param name="Paused">The whole scheduler stands still.</param>
sealed record JobList(bool Paused, IReadOnlyList<JobRow> Jobs);

/// <param name="Explained">The schedule in words, or why it never runs.</param>
/// <param name="Maker">Who made it; its runs have the rights all of them and the agent share.</param>
sealed record JobRow(
    string Id, string Schedule, string Explained, string AgentId, string Message, bool Enabled, bool Overlap, IReadOnlyList<string> Maker, string? TimeZone = null, bool? CatchUp = null, JobWhen? When = null,
    string? Channel = null, string? UserId = null, string? RoomId = null, string? SessionId = null, DateTimeOffset? LastRun = null, DateTimeOffset? NextRun = null, JobLast? Last = null);

/// <summary>A reading call whose answer must have changed.</summary>
/// <param name="Input">The call's input.</param>
sealed record JobWhen(string Tool, System.Text.Json.JsonElement Input);

sealed record JobLast(string State, DateTimeOffset Instant, DateTimeOffset At, string? RunId = null, string? Detail = null);

/// <param name="Id">Left out, one is made.</param>
/// <param name="Schedule"><c>@every 1h</c>, one instant, or a cron expression.</param>
/// <param name="TimeZone">IANA name, for a cron expression.</param>
/// <param name="Replace">Changes the job of that id.</param>
sealed record JobOrder(
    string Schedule, string Message, string? Id = null, string? AgentId = null, string? Channel = null, string? UserId = null, string? RoomId = null, string? SessionId = null, bool Enabled = true,
    string? TimeZone = null, bool? CatchUp = null, bool Overlap = false, JobWhen? When = null, bool Replace = false);

sealed record JobStored(bool Ok, string Id);

sealed record JobRemoved(bool Ok, string Removed);

/// <param name="Action"><c>pause</c> or <c>resume</c>.</param>
/// <param name="JobId">Left out, the whole scheduler.</param>
sealed record SchedulerOrder(string Action, string? JobId = null);

sealed record SchedulerChanged(bool Ok, string Action, string? JobId = null, bool? Paused = null);

/// <param name="Valid">False when it is no schedule; then <paramref name="Problem"/> says why.</param>
/// <param name="Next">The next instants, at most five.</param>
sealed record ScheduleExplained(bool Valid, string? Explained = null, string? Problem = null, IReadOnlyList<DateTimeOffset>? Next = null);
