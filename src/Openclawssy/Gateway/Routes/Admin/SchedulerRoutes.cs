using System.Text.Json;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/scheduler</c>: jobs, on the same file as the tools and <c>cron</c>.</summary>
sealed class SchedulerRoutes(GatewayRooms rooms)
{
    const string DefaultUser = "dashboard_user";

    const int NextInstants = 5;

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/scheduler/jobs", "Lists jobs, with their next and last instants.", ListAsync) { Gives = GatewayJson.Default.JobList },
        new("POST", "/api/admin/scheduler/jobs", "Adds a job, or changes one when replace says so.", AddAsync) { Takes = GatewayJson.Default.JobOrder, Gives = GatewayJson.Default.JobStored, Refusals = [413, 415] },
        new("DELETE", "/api/admin/scheduler/jobs/{id}", "Removes a job.", RemoveAsync) { Gives = GatewayJson.Default.JobRemoved, Refusals = [404] },
        new("POST", "/api/admin/scheduler/control", "Pauses or resumes one job, or the whole scheduler.", ControlAsync) { Takes = GatewayJson.Default.SchedulerOrder, Gives = GatewayJson.Default.SchedulerChanged, Refusals = [404, 415] },
        new("GET", "/api/admin/scheduler/explain", "Says what a schedule means, and when it is due next.", ExplainAsync)
        {
            Gives = GatewayJson.Default.ScheduleExplained, Query = [new("schedule", "As it is typed."), new("time_zone", "IANA name, for a cron expression.")],
        },
    ];

    Task ListAsync(GatewayCall call)
    {
        var (paused, jobs) = Desk(call).List();
        return call.AnswerAsync(new(paused, [.. jobs.Select(Row)]), GatewayJson.Default.JobList);
    }

    async Task AddAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.JobOrder, SchedulerDesk.MaxMessageLength * 4 + 32 * 1024);
        if (order.Schedule.Trim().Length == 0 || order.Message.Trim().Length == 0) throw RequestRefused.InvalidInput("schedule and message are required");
        SessionId? session = order.SessionId is null ? null : SessionId.TryParse(order.SessionId, out var known) ? known : throw RequestRefused.InvalidInput("that is no session id");
        var channel = string.IsNullOrWhiteSpace(order.Channel) ? ChannelNames.Dashboard : order.Channel.Trim();
        var added = Desk(call).Add(new(
            order.Id is null ? null : Id(order.Id), order.Schedule, order.Message, GatewayCall.Agent(order.AgentId ?? "default"), order.Enabled, order.TimeZone, order.CatchUp, order.Overlap,
            order.When is { } when ? (when.Tool, when.Input.GetRawText()) : null, channel, order.UserId ?? DefaultUser, order.RoomId ?? channel, session, order.Replace));
        await call.AnswerAsync(new(true, added.Id.ToString()), GatewayJson.Default.JobStored);
    }

    Task RemoveAsync(GatewayCall call)
    {
        var id = Known(call, Id(call.Part("id")));
        Desk(call).Remove(id);
        return call.AnswerAsync(new(true, id.ToString()), GatewayJson.Default.JobRemoved);
    }

    async Task ControlAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.SchedulerOrder);
        var runs = order.Action switch { "pause" => false, "resume" => true, _ => throw RequestRefused.InvalidInput("action must be pause or resume") };
        JobId? job = order.JobId is null ? null : Known(call, Id(order.JobId));
        Desk(call).Switch(job, runs);
        await call.AnswerAsync(new(true, order.Action, job?.ToString(), job is null ? !runs : null), GatewayJson.Default.SchedulerChanged);
    }

    Task ExplainAsync(GatewayCall call)
    {
        var text = call.Text("schedule") ?? throw RequestRefused.InvalidInput("schedule is required");
        try
        {
            var schedule = Schedule.Parse(text, call.Text("time_zone"), TimeZoneNames.Find);
            var next = new List<DateTimeOffset>();
            var now = rooms.Clock.GetUtcNow();
            for (var at = schedule.NextAfter(now, now); at is { } instant && next.Count < NextInstants; at = schedule.NextAfter(instant, now)) next.Add(instant);
            return call.AnswerAsync(new(true, schedule.Explain(), null, next), GatewayJson.Default.ScheduleExplained);
        }
        catch (FormatException wrong) { return call.AnswerAsync(new(false, null, wrong.Message), GatewayJson.Default.ScheduleExplained); }
    }

    SchedulerDesk Desk(GatewayCall call)
    {
        var (installation, actor) = (rooms.Installation, call.Holder.Credential);
        return new(
            installation.Jobs, new(AgentId.Parse("default"), $"operator {actor}", static _ => true), ["operator"], installation.Catalog, () => AgentFolder.Existing(installation.State.Path), rooms.Clock,
            new(rooms.Clock, Installation.Chance), TimeZoneNames.Find, (happened, payload) => rooms.Record(actor, happened, payload));
    }

    JobId Known(GatewayCall call, JobId id) => Desk(call).List().Jobs.Any(job => job.Id == id) ? id : throw RequestRefused.NotFound("job.not_found", "job not found");

    static JobId Id(string text) => JobId.TryParse(text, out var id) ? id : throw RequestRefused.InvalidInput("invalid job id: use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit");

    static JobRow Row(JobView job) => new(
        job.Id.ToString(), job.Schedule, job.Explained, job.Agent.ToString(), job.Message, job.Enabled, job.Overlap, job.Maker, job.TimeZone, job.CatchUp, job.When is var (tool, input) ? new(tool, Parsed(input)) : null,
        job.Channel, job.User, job.Room, job.Session?.ToString(), job.LastRun, job.NextRun, job.Last is { } last ? new(last.State, last.Instant, last.At, last.Run?.ToString(), last.Detail) : null);

    static JsonElement Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
