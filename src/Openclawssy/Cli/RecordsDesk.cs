using Openclawssy.Index;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary>The records of an instance for its operator at the command line. It composes nothing that could run an agent; what it changes is in the installation's audit first.</summary>
sealed class RecordsDesk : IDisposable
{
    readonly RunIndex index;
    readonly RunRecords runs;

    RecordsDesk(RunIndex index, RunRecords runs) => (this.index, this.runs) = (index, runs);

    /// <summary>Opens the index, which is made first where it is missing.</summary>
    public static RecordsDesk Open(CommandContext context)
    {
        var state = Opening.State(context);
        var archive = new RunArchive(state.Path);
        // What cannot be written here is told by the list itself.
        var index = new RunIndex(new(state, null), archive, context.World.Boot(), context.World.Clock, _ => { });
        return new(index, new(index, archive, Operator()));
    }

    public async Task<RunPage> ListAsync(RunFilter filter, int limit, int offset, CancellationToken cancellationToken)
    {
        try { return await runs.ListAsync(filter, limit, offset, cancellationToken); }
        catch (ToolException problem) { throw new CliException(problem.Message, "`openclawssy doctor -v` looks at everything"); }
    }

    public static RunDetail? Find(CommandContext context, RunId run) => new RunArchive(Opening.State(context).Path) is var archive && archive.Find(run) is { } place ? archive.Detail(place) : null;

    public static CancelAnswer Cancel(CommandContext context, RunId run)
    {
        var state = Opening.State(context);
        return new RunControl(new(state.Path), Operator(), () => Record(context, state, "run.cancel", ("run_id", run.ToString()))).Cancel(run);
    }

    public static SessionDesk Sessions(CommandContext context) => Sessions(context, Opening.State(context), static () => { });

    public static CloseAnswer? Close(CommandContext context, SessionId session)
    {
        var state = Opening.State(context);
        return Sessions(context, state, () => Record(context, state, "session.close", ("session_id", session.ToString()))).Close(session);
    }

    static SessionDesk Sessions(CommandContext context, StateFolder state, Action permitted) =>
        new(new SessionStore(state.Path, context.World.Clock, new(context.World.Clock, Installation.Chance)), Operator(), permitted);

    static void Record(CommandContext context, StateFolder state, string happened, (string, string?) about)
    {
        var config = Opening.Config(context).Config ?? new();
        using var audit = new InstallationAudit(
            state.Path, context.World.Clock, new(context.World.Clock, Installation.Chance), Anchors.ForWriting(config.Audit, state, context.Surroundings.Variable), text => (text, 0),
            StoredSecrets.HeadKeysUnasked(context.World, config, state, context.Root));
        audit.Record(Name, happened, about);
    }

    static Viewer Operator() => new(AgentId.Parse("default"), Name, static _ => true);

    static string Name => $"operator uid={StateFolder.EffectiveUser}{(StateFolder.Terminal is { } terminal ? $" tty={terminal}" : "")}";

    public void Dispose() => index.Dispose();
}
