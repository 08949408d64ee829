using System.CommandLine;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary><c>follow RUN [--after ID] [--json]</c>: a run's events while they happen, or again; ends with the run, and as it did. Changes nothing.</summary>
sealed class FollowCommand() : CliCommand("follow", "watch a run while it happens, or read it again")
{
    /// <summary>How long nothing happens before it is looked whether the run's process still lives.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    readonly Argument<string> run = new("run") { Description = "the run's id; `run` prints it" };
    readonly Option<long> after = new("--after") { Description = "leave out the events up to this id", HelpName = "id" };
    readonly Option<string?> thinking = CommonOptions.Thinking();
    readonly Option<bool> json = new("--json") { Description = "print one JSON object a line for each event" };

    public override IReadOnlyList<Argument> Arguments => [run];
    public override IReadOnlyList<Option> Options => [after, thinking, json];
    public override string Details => "ends when the run does, with the run's exit code; what looks like a credential is masked";
    public override IReadOnlyList<string> Examples => ["follow run_1780000000000_0123456789", "follow run_1780000000000_0123456789 --json --after 12"];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Run(context.Parse.GetValue(run)!);
        var from = context.Parse.GetValue(after);
        if (from < 0) throw CliException.Usage("option --after is below 0", "give the id of the last event you have");

        var feed = new RunFeed(Opening.State(context).Path, new(), context.World.Clock);
        var view = context.Parse.GetValue(json) ? null : new FollowView(context);
        try
        {
            await using var events = feed.FollowAsync(id, from, Mode(context), cancellationToken).GetAsyncEnumerator(cancellationToken);
            FeedEvent? last = null;
            while (await NextAsync(events, feed, id, context))
            {
                last = events.Current;
                if (view is null) context.Out.WriteLine(last.ToJson());
                else view.Show(last);
            }
            return FollowView.ExitCode(last, context);
        }
        catch (FeedException problem) when (problem.Code == FeedException.RunNotFound)
        {
            throw new CliException(problem.Message, "`openclawssy runs list` shows the runs there are");
        }
    }

    /// <summary>Asked for, else configured; a configuration that cannot be read shows none.</summary>
    ThinkingMode Mode(CommandContext context) => context.Parse.GetValue(thinking) is { } asked && ConfigWords.TryParse(asked, out ThinkingMode mode)
        ? mode
        : Opening.Config(context).Config?.Output.ThinkingMode ?? ThinkingMode.Never;

    bool noted;

    async Task<bool> NextAsync(IAsyncEnumerator<FeedEvent> events, RunFeed feed, RunId id, CommandContext context)
    {
        var next = events.MoveNextAsync().AsTask();
        while (!noted && await Task.WhenAny(next, Task.Delay(Silence, context.World.Clock, CancellationToken.None)) != next)
        {
            if (!feed.IsAbandoned(id)) continue;
            noted = true;
            context.Error.WriteLine("note:  the process of this run is gone; the next `openclawssy ask` or `run` here writes its end");
        }
        return await next;
    }
}
