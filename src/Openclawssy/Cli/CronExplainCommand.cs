using System.CommandLine;
using System.Globalization;
using Openclawssy.Runtime.Scheduling;

namespace Openclawssy.Cli;

/// <summary><c>cron explain SCHEDULE [--tz ZONE]</c>: needs no instance.</summary>
sealed class CronExplainCommand() : CliCommand("explain", "say in words when a schedule is due, and the next five times")
{
    const int Shown = 5;

    readonly Argument<string> schedule = new("schedule") { Description = "what --schedule of cron add takes" };
    readonly Option<string?> zone = new("--tz") { Description = "time zone of a cron expression (default: UTC)", HelpName = "zone" };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [schedule];
    public override IReadOnlyList<Option> Options => [zone, json];
    public override IReadOnlyList<string> Examples => ["cron explain \"0 9 * * 1-5\" --tz Europe/Berlin", "cron explain \"@every 90m\""];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var named = context.Parse.GetValue(zone);
        Schedule plan;
        try { plan = Schedule.Parse(context.Parse.GetValue(schedule)!, named, TimeZoneNames.Find); }
        catch (FormatException wrong) { throw CliException.Usage(wrong.Message, "openclawssy cron explain --help"); }

        var now = context.World.Clock.GetUtcNow();
        var instants = new List<DateTimeOffset>();
        for (var next = plan.NextAfter(now, now); next is { } instant && instants.Count < Shown; next = plan.NextAfter(instant, now)) instants.Add(instant);
        var local = named is not null && TimeZoneNames.Find(named) is { } found ? found : TimeZoneInfo.Utc;
        if (context.Parse.GetValue(json)) PrintJson(plan, instants, local, context);
        else Print(plan, instants, local, context);
        return Task.FromResult(ExitCodes.Ok);
    }

    static void Print(Schedule plan, List<DateTimeOffset> instants, TimeZoneInfo local, CommandContext context)
    {
        context.Out.WriteLine(TerminalText.Line(plan.Explain()));
        if (instants.Count == 0) context.Out.WriteLine("never from now on");
        foreach (var instant in instants) context.Out.WriteLine(TimeZoneInfo.ConvertTime(instant, local).ToString("ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture));
    }

    static void PrintJson(Schedule plan, List<DateTimeOffset> instants, TimeZoneInfo local, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteString("explained", plan.Explain());
        into.WriteStartArray("next");
        foreach (var instant in instants) into.WriteStringValue(TimeZoneInfo.ConvertTime(instant, local).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        into.WriteEndArray();
        into.WriteEndObject();
    });
}
