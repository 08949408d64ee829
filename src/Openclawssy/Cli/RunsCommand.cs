using System.CommandLine;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary><c>runs list|show|cancel</c>.</summary>
sealed class RunsCommand() : CommandGroup("runs", "list runs, show one, cancel one")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } = [new RunsListCommand(), new RunsShowCommand(), new RunsCancelCommand()];

    public static Argument<string> Id() => new("run") { Description = "the run's id" };

    public static CliException None(RunId run) => new($"there is no run {run} here", "`openclawssy runs list` shows the runs there are");
}

/// <summary><c>runs list</c>: the newest first, whatever process made them.</summary>
sealed class RunsListCommand() : CliCommand("list", "list runs, the newest first")
{
    readonly Option<string?> agent = new("--agent") { Description = "only this agent's runs", HelpName = "id" };
    readonly Option<string?> status = new("--status") { Description = "only runs in this state: queued, running, completed, failed, cancelled, timed_out, needs_input", HelpName = "state" };
    readonly Option<string?> source = new("--source") { Description = "only runs that came this way, for example cli.run", HelpName = "way" };
    readonly Option<int> limit = CommonOptions.Limit(20);
    readonly Option<int> offset = CommonOptions.Offset();
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [agent, status, source, limit, offset, json];
    public override IReadOnlyList<string> Examples => ["runs list", "runs list --status failed --limit 5"];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var desk = RecordsDesk.Open(context);
        var filter = new RunFilter(context.Parse.GetValue(agent) is { } text ? Opening.Agent(text) : null, context.Parse.GetValue(status), context.Parse.GetValue(source));
        var skipped = context.Parse.GetValue(offset);
        var page = await desk.ListAsync(filter, context.Parse.GetValue(limit), skipped, cancellationToken);
        if (context.Parse.GetValue(json)) PrintJson(page, context);
        else Print(page, skipped, context);
        return ExitCodes.Ok;
    }

    static void Print(RunPage page, int skipped, CommandContext context)
    {
        Table.Write(context.Out, [.. page.Runs.Select(run => (IReadOnlyList<string>)[
            run.Id.ToString(), run.Agent.ToString(), run.Reason is null ? run.Status : $"{run.Status} ({run.Reason})", $"{run.DurationMs} ms", run.Source, run.Message])]);
        if (skipped + page.Runs.Count < page.Total) context.Error.WriteLine($"note:  {page.Runs.Count} of {page.Total} runs; --offset {skipped + page.Runs.Count} shows the next");
    }

    static void PrintJson(RunPage page, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteNumber("total", page.Total);
        into.WriteNumber("count", page.Runs.Count);
        into.WriteStartArray("runs");
        foreach (var run in page.Runs) RunText.Write(into, run, run.Message, null);
        into.WriteEndArray();
        into.WriteEndObject();
    });
}

/// <summary><c>runs show RUN</c>.</summary>
sealed class RunsShowCommand() : CliCommand("show", "show one run: what was asked and what came of it")
{
    readonly Argument<string> run = RunsCommand.Id();
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [run];
    public override IReadOnlyList<Option> Options => [json];
    public override string Details => "what looks like a credential is masked; the bundle has everything";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Run(context.Parse.GetValue(run)!);
        var found = RecordsDesk.Find(context, id) ?? throw RunsCommand.None(id);
        if (context.Parse.GetValue(json)) JsonText.Print(context.Out, into => RunText.Write(into, found.Run, found.Message, found.Output));
        else RunText.Print(found, context);
        return Task.FromResult(ExitCodes.Ok);
    }
}

/// <summary><c>runs cancel RUN</c>: in whatever process it goes on.</summary>
sealed class RunsCancelCommand() : CliCommand("cancel", "cancel a run that is going on, in whatever process")
{
    readonly Argument<string> run = RunsCommand.Id();

    public override IReadOnlyList<Argument> Arguments => [run];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Run(context.Parse.GetValue(run)!);
        var answer = RecordsDesk.Cancel(context, id);
        if (answer.Status is null) throw RunsCommand.None(id);
        if (answer.ProcessIsGone) throw new CliException($"the process of {id} is gone", "the next `openclawssy ask` or `run` here writes its end");
        if (!answer.Requested) throw new CliException($"{id} is over: {answer.Status}", null);
        context.Out.WriteLine($"{id}: cancellation requested");
        return Task.FromResult(ExitCodes.Ok);
    }
}
