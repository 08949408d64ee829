using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Openclawssy.Discord;
using Openclawssy.Gateway.Doors;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Index;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Telemetry;

namespace Openclawssy.Gateway;

/// <summary>What runs as long as <c>serve</c> does, in the order it is started: the queue, what was left behind, the server, the jobs, Discord. It stops in reverse.</summary>
sealed class Serving : IAsyncDisposable
{
    /// <summary>How often it is looked whether a process died and left runs behind, and whether there are more runs than are kept.</summary>
    static readonly TimeSpan OrphanInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long a run that is cancelled at the end has to write its own end.</summary>
    static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    readonly Installation installation;
    readonly FileLock held;
    readonly TokenWatch tokens;
    readonly AccessLog? log;
    readonly Logins logins;
    readonly TelemetryExport? telemetry;
    readonly OldRuns? old;
    readonly GatewayServer server;
    readonly SchedulerLoop scheduler;
    readonly DiscordBridge discord;
    readonly CancellationTokenSource stopping = new();
    readonly TimeProvider clock;
    readonly Action<string, Exception> report;
    Task orphans = Task.CompletedTask, planning = Task.CompletedTask, talking = Task.CompletedTask;

    /// <param name="held">The right to be this instance's gateway; given back at the end.</param>
    /// <param name="log">Where requests are written down; null for nowhere.</param>
    public Serving(Installation installation, FileLock held, GatewayAddress address, TokenSource token, X509Certificate2? certificate, TextWriter? log, World world,
        Func<CancellationToken, Task<IReadOnlyList<Cli.Finding>>> doctor)
    {
        (this.installation, this.held, clock, report) = (installation, held, world.Clock, world.Report);
        var live = new LiveRuns();
        var now = installation.ConfigNow;
        var figures = new RunFigures();
        telemetry = TelemetryExport.Of(world, installation.Egress, figures);
        Queue = new(installation.Runner, installation.SettingsOf, () => LimitsOf(now.Read() ?? installation.Config),
            () => telemetry is null ? [live.Begin(), figures.ForRun()] : [live.Begin(), figures.ForRun(), telemetry.ForRun()]);
        var chat = new ChatDesk(new(
            installation.Sessions, () => AgentFolder.Existing(installation.State.Path), Queue, Queue.Stop, channel => now.Read() is { } config ? ChatRules.Of(channel, config) : ChatRules.Off, clock, report));
        var feed = new RunFeed(installation.State.Path, live, clock);
        var folder = installation.State.Of("discord");
        var due = new Deliveries(installation.Ledgers);
        discord = new(new(
            folder, chat, feed, installation.Egress, () => now.Read() ?? Barred(installation.Config),
            config => DiscordToken.Find(installation.Secrets.Use, world.Variable, config), installation.Runner.Tracker.Cancel, clock, Installation.Chance, report)
        {
            Deliveries = due,
        });
        if (installation.Config.Discord.Enabled) discord.State.Changed += status => Note(folder, status);
        // A gateway that was killed left its last word.
        else if (DiscordNotice.Read(folder) is not null) Note(folder, discord.State.Current);
        var rooms = new GatewayRooms(
            installation, Queue, feed, chat, now, clock, doctor, () => Anchors.ForChecking(installation.State, world.Variable), figures, discord.State);
        var jobs = new ScheduledRuns(Queue, installation.Sessions, () => AgentFolder.Existing(installation.State.Path), agent => (now.Read() ?? installation.Config).IsEnabled(agent));
        scheduler = new(
            installation.Jobs, new PlannedInstants(installation.Ledgers), () => (now.Read() ?? installation.Config).Scheduler, jobs.StartAsync, clock, TimeZoneNames.Find, report);
        old = installation.Config.Runs.Keep is not { } keep ? null : new(installation.State.Path, installation.Index, installation.Archive, keep, () => OwedRuns.Now(due, DiscordLedger.PathIn(folder)), (agent, runs) =>
            installation.InstallationAudit.Record("gateway", "runs.removed", ("agent_id", agent.ToString()), ("keep", keep.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("runs", string.Join(' ', runs))));
        tokens = new(token.Now, clock);
        var sessions = new PageSessions(clock);
        this.log = log is null ? null : new(log, clock);
        Handover = new();
        logins = new((actor, happened, from) => installation.InstallationAudit.Record(actor, happened, ("from", from)), report);
        server = GatewayServer.Build(new(address.Address, address.Port, certificate, installation.Config.Server.AllowedHosts), GatewayRoutes.Of(rooms, sessions), tokens, sessions, Handover, logins, this.log, clock, report);
        Certificate = certificate;
    }

    // Whose configuration cannot be read answers nobody.
    static OpenclawssyConfig Barred(OpenclawssyConfig config) => config with { Discord = config.Discord with { Enabled = false } };

    void Note(string folder, DiscordStatus status)
    {
        try { DiscordNotice.Write(folder, status); }
        catch (IOException problem) { report("the state of the Discord channel", problem); }
    }

    public RunQueue Queue { get; }
    public HandoverKey Handover { get; }

    /// <summary>How the Discord channel is.</summary>
    public DiscordState Discord => discord.State;

    X509Certificate2? Certificate { get; }

    /// <summary>Where it listens, once it was started.</summary>
    public Uri Address => server.Address;

    /// <summary>Closes what dead processes left, takes up what waited, and listens. Whoever connects after that finds everything in order.</summary>
    /// <returns>Runs that were closed, with the calls whose outcome nobody knows.</returns>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task<IReadOnlyList<(RunId Run, IReadOnlyList<string> OutcomeUnknown)>> StartAsync(CancellationToken cancellationToken)
    {
        var closed = await installation.Orphans.CloseAsync(TakeUpAsync);
        await server.StartAsync(cancellationToken);
        new GatewayPlate(Environment.ProcessId, Address.ToString(), Handover.Text, Certificate?.GetCertHashString(HashAlgorithmName.SHA256), clock.GetUtcNow()).Hang(installation.State);
        orphans = Task.Run(LookForOrphansAsync, CancellationToken.None);
        planning = Task.Run(() => scheduler.RunAsync(stopping.Token), CancellationToken.None);
        if (installation.Config.Discord.Enabled)
            talking = Task.Run(() => discord.RunAsync(stopping.Token), CancellationToken.None);
        return closed;
    }

    /// <summary>Takes nothing in any more, lets what runs end within a limit, cancels the rest, and stops. What waited waits for the next start.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        var drained = Queue.CloseAsync();
        await ((Task)Task.WhenAny(drained, Task.Delay(limit, clock))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!drained.IsCompleted)
        {
            // Not those that wait: they are for the next start.
            foreach (var run in Queue.Running) installation.Runner.Tracker.Cancel(run, "the gateway, which was told to stop");
            await Task.WhenAny(drained, Task.Delay(LastWords, clock));
        }
        if (Queue.LeaveWaiting() > 0) installation.Process.LeaveForNextStart();
        await stopping.CancelAsync();
        using var last = new CancellationTokenSource(LastWords, clock);
        await server.StopAsync(last.Token);
        await orphans;
        await logins.WrittenAsync();
        await planning;
        await talking;
    }

    /// <summary>One run that cannot be taken up keeps nobody from serving; it is tried again at the next look.</summary>
    async Task<bool> TakeUpAsync(AgentId agent, RunId run)
    {
        try
        {
            await Queue.TakeUpAsync(agent, run);
            return true;
        }
        catch (Exception problem)
        {
            report($"{run} waits and could not be taken up", problem);
            return false;
        }
    }

    async Task LookForOrphansAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try { if (old is not null) await old.RemoveAsync(stopping.Token); }
            catch (OperationCanceledException) { return; }
            catch (Exception problem) { report("removing old runs", problem); }
            await Task.Delay(OrphanInterval, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            try { await installation.Orphans.CloseAsync(TakeUpAsync); }
            catch (Exception problem) { report("looking for runs whose process died", problem); }
        }
    }

    // A configuration with mistakes does not stop what works.
    static QueueLimits LimitsOf(OpenclawssyConfig config) => new(config.Engine.MaxConcurrentRuns, config.Engine.MaxQueuedRuns);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        tokens.Dispose();
        telemetry?.Dispose();
        if (log is not null) await log.DisposeAsync();
        GatewayPlate.TakeDown(installation.State);
        held.Dispose();
        stopping.Dispose();
    }
}
