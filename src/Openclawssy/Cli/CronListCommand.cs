using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary><c>cron list [--json]</c>.</summary>
sealed class CronListCommand() : CliCommand("list", "list jobs, when they are due and what came of them")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var desk = new OperatorDesk(context);
        var (paused, jobs) = OperatorDesk.Ask(() => CronCommand.DeskOf(desk, context).List());
        if (context.Parse.GetValue(json)) PrintJson(paused, jobs, context);
        else Print(paused, jobs, context);
        return Task.FromResult(ExitCodes.Ok);
    }

    static void Print(bool paused, IReadOnlyList<JobView> jobs, CommandContext context)
    {
        context.Out.WriteLine($"scheduler={(paused ? "paused" : "running")}{(jobs.Count == 0 ? " no jobs" : "")}");
        Table.Write(context.Out, [.. jobs.Select(job => (IReadOnlyList<string>)[
            job.Id.ToString(), job.Schedule, $"enabled={(job.Enabled ? "true" : "false")}", $"agent={job.Agent}", job.NextRun is { } next ? $"next={Time(next)}" : "next=never",
            job.Last is { } last ? $"last={last.State} {Time(last.Instant)}" : "last=never", $"\"{Short(job.Message)}\"", job.Explained.StartsWith("never:", StringComparison.Ordinal) ? job.Explained : ""])]);
    }

    static void PrintJson(bool paused, IReadOnlyList<JobView> jobs, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteBoolean("paused", paused);
        into.WriteStartArray("jobs");
        foreach (var job in jobs) Write(into, job);
        into.WriteEndArray();
        into.WriteEndObject();
    });

    public static void Write(Utf8JsonWriter into, JobView job)
    {
        into.WriteStartObject();
        into.WriteString("id", job.Id.ToString());
        into.WriteString("schedule", job.Schedule);
        into.WriteString("explained", job.Explained);
        into.WriteString("agentID", job.Agent.ToString());
        into.WriteString("message", job.Message);
        Text(into, "channel", job.Channel);
        Text(into, "user_id", job.User);
        Text(into, "room_id", job.Room);
        Text(into, "session_id", job.Session?.ToString());
        into.WriteBoolean("enabled", job.Enabled);
        Text(into, "time_zone", job.TimeZone);
        if (job.CatchUp is { } catchUp) into.WriteBoolean("catch_up", catchUp);
        into.WriteBoolean("overlap", job.Overlap);
        if (job.When is var (tool, input))
        {
            into.WriteStartObject("when");
            into.WriteString("tool", tool);
            into.WritePropertyName("input");
            into.WriteRawValue(input);
            into.WriteEndObject();
        }
        into.WriteStartArray("maker");
        foreach (var name in job.Maker) into.WriteStringValue(name);
        into.WriteEndArray();
        into.WriteString("lastRun", job.LastRun is { } ran ? Time(ran) : "");
        if (job.NextRun is { } next) into.WriteString("next_run", Time(next));
        if (job.Last is { } last)
        {
            into.WriteStartObject("last_result");
            into.WriteString("state", last.State);
            into.WriteString("instant", Time(last.Instant));
            into.WriteString("at", Time(last.At));
            Text(into, "run_id", last.Run?.ToString());
            Text(into, "detail", last.Detail);
            into.WriteEndObject();
        }
        into.WriteEndObject();
    }

    static void Text(Utf8JsonWriter into, string name, string? text)
    {
        if (text is not null) into.WriteString(name, text);
    }

    static string Short(string message) => Runtime.Text.Truncation.OneLine(message, 80);

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
