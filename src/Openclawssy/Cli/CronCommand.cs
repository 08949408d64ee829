using System.CommandLine;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary><c>cron list|add|delete|pause|resume|explain</c>.</summary>
sealed class CronCommand() : CommandGroup("cron", "jobs: messages sent to agents on a schedule")
{
    readonly CliCommand list = new CronListCommand();

    public override IReadOnlyList<CliCommand> Subcommands =>
        [list, new CronAddCommand(), new CronRemoveCommand("delete"), new CronRemoveCommand("remove"), new CronSwitchCommand("pause", "pause one job, or the whole scheduler", false),
            new CronSwitchCommand("resume", "resume one job, or the whole scheduler", true), new CronExplainCommand()];

    public override CliCommand Default => list;

    /// <summary>The desk of the operator at the command line, who may see and change every job.</summary>
    public static ISchedulerDesk DeskOf(OperatorDesk desk, CommandContext context)
    {
        var clock = context.World.Clock;
        return new SchedulerDesk(
            JobsFile.In(desk.State), new(AgentId.Parse("default"), desk.Person.Actor, static _ => true), ["operator"], desk.Catalog, () => AgentFolder.Existing(desk.State.Path), clock,
            new(clock, Installation.Chance), TimeZoneNames.Find, (happened, payload) => desk.Record(desk.Person.Actor, happened, payload));
    }

    public static Option<string?> IdOption(string description) => new("--id") { Description = description, HelpName = "id" };

    public static JobId? IdOf(string? option, string? word)
    {
        if (option is not null && word is not null) throw CliException.Usage("the job is named twice", "name it once");
        return (option ?? word) is not { } text ? null
            : JobId.TryParse(text, out var id) ? id : throw CliException.Usage($"\"{text}\" is no job id", "use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit");
    }
}

/// <summary><c>cron delete JOB</c>, <c>cron remove JOB</c>.</summary>
sealed class CronRemoveCommand(string name) : CliCommand(name, name == "delete" ? "remove a job" : "the same as delete")
{
    readonly Argument<string?> job = new("job") { Description = "the job's id", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> id = CronCommand.IdOption("the job's id");

    public override IReadOnlyList<Argument> Arguments => [job];
    public override IReadOnlyList<Option> Options => [id];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var named = CronCommand.IdOf(context.Parse.GetValue(id), context.Parse.GetValue(job)) ?? throw CliException.Usage("no job is named", "`openclawssy cron list` shows the jobs there are");
        using var desk = new OperatorDesk(context);
        OperatorDesk.Ask(() =>
        {
            CronCommand.DeskOf(desk, context).Remove(named);
            return true;
        });
        context.Out.WriteLine($"removed job {named}");
        return Task.FromResult(ExitCodes.Ok);
    }
}

/// <summary><c>cron pause [JOB]</c>, <c>cron resume [JOB]</c>.</summary>
/// <param name="on">What it makes of it.</param>
sealed class CronSwitchCommand(string name, string summary, bool on) : CliCommand(name, summary)
{
    readonly Argument<string?> job = new("job") { Description = "one job (default: the whole scheduler)", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> id = CronCommand.IdOption("one job (default: the whole scheduler)");

    public override IReadOnlyList<Argument> Arguments => [job];
    public override IReadOnlyList<Option> Options => [id];
    public override string Details => "runs that are at work go on; after a resume one run makes up for what was missed if catch-up says so";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var named = CronCommand.IdOf(context.Parse.GetValue(id), context.Parse.GetValue(job));
        using var desk = new OperatorDesk(context);
        OperatorDesk.Ask(() =>
        {
            CronCommand.DeskOf(desk, context).Switch(named, on);
            return true;
        });
        context.Out.WriteLine($"{(on ? "resumed" : "paused")} {(named is { } one ? $"job {one}" : "scheduler")}");
        return Task.FromResult(ExitCodes.Ok);
    }
}
