using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Scheduler;

/// <summary>Adds a job, or changes one.</summary>
public sealed class SchedulerAdd() : Tool<SchedulerAdd.Input, SchedulerAdd.Output>(SchedulerAddJson.Default)
{
    public sealed record Input(
        [property: Description("When it is due: @every 1h30m, one instant such as 2030-01-31T09:00:00Z, or a cron expression such as 0 9 * * 1-5.")] string Schedule,
        [property: Description("What the agent is told, or /tool NAME {json}.")] string Message,
        [property: Description("The job's id; made when left out.")] string? Id = null,
        [property: Description("Whom it runs as; you when left out. Another agent needs policy.admin.")] string? AgentId = null,
        [property: Description("False adds it paused.")] bool Enabled = true,
        [property: Description("IANA time zone of a cron expression, for example Europe/Berlin; UTC when left out.")] string? TimeZone = null,
        [property: Description("Whether one run makes up for instants missed while nobody looked; the configuration decides when left out.")] bool? CatchUp = null,
        [property: Description("Whether it may begin again while it is at work.")] bool Overlap = false,
        [property: Description("Run only when this reading tool's answer changed since the last run.")] Precheck? When = null,
        [property: Description("Where the answer goes: dashboard or discord.")] string? Channel = null,
        [property: Description("To whom, as the channel names them.")] string? UserId = null,
        [property: Description("Where, as the channel names it.")] string? RoomId = null,
        [property: Description("The conversation it belongs to.")] string? SessionId = null,
        [property: Description("Change the job of that id, if there is one. Nothing else of it stays than what is known of its runs.")] bool Replace = false);

    /// <summary>A look before the job runs.</summary>
    public sealed record Precheck(
        [property: Description("A tool that only reads, for example fs.list.")] string Tool,
        [property: Description("Its input, an object.")] JsonElement? Input = null);

    public sealed record Output(
        [property: Description("True.")] bool Added,
        [property: Description("The job's id.")] string Id,
        [property: Description("Whom it runs as.")] string AgentId,
        [property: Description("As given.")] string Schedule,
        [property: Description("When it is due, in words.")] string Explained,
        [property: Description("When it is due next, UTC; left out when never.")] string? NextRun,
        [property: Description("As given.")] bool Enabled,
        [property: Description("As given.")] string? Channel,
        [property: Description("As given.")] string? UserId,
        [property: Description("As given.")] string? RoomId,
        [property: Description("As given.")] string? SessionId);

    public override string Name => "scheduler.add";
    public override string Description => "Add a job that sends an agent a message on a schedule. Its runs never have more rights than you have. Jobs are started while the gateway runs.";
    public override Reach Reach => Reach.Scheduler;

    protected override void Check(Input input)
    {
        if (input.When?.Input is { ValueKind: not JsonValueKind.Object }) throw ToolException.InvalidInput("$.when.input: must be an object, such as {\"path\": \"inbox\"}", "$.when.input");
    }

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var job = scope.Scheduler.Add(new(
            input.Id is { } id ? Given.Job(id) : null, input.Schedule, input.Message, Given.AgentOrNull(input.AgentId), input.Enabled, input.TimeZone, input.CatchUp, input.Overlap,
            input.When is { } when ? (when.Tool, when.Input?.GetRawText() ?? "{}") : null,
            input.Channel, input.UserId, input.RoomId, input.SessionId is { } session ? Given.Session(session) : null, input.Replace));
        return Task.FromResult(new Answer<Output>(
            new(true, job.Id.ToString(), job.Agent.ToString(), job.Schedule, job.Explained, job.NextRun is { } next ? Given.Time(next) : null, job.Enabled, job.Channel, job.User, job.Room, job.Session?.ToString()),
            $"added job {job.Id}: {job.Explained}"));
    }
}

[JsonSerializable(typeof(SchedulerAdd.Input))]
[JsonSerializable(typeof(SchedulerAdd.Output))]
sealed partial class SchedulerAddJson : JsonSerializerContext;
