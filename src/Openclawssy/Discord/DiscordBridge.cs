using System.Collections.Concurrent;
using Openclawssy.Egress;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>What the channel is handed.</summary>
/// <param name="Folder">Its own folder in the state folder: what is owed, and the session.</param>
/// <param name="Desk">Where messages go.</param>
/// <param name="Feed">Where runs are followed.</param>
/// <param name="Configuration">As it is now; lists and limits are looked at for each message. Addresses and token are taken once, at the start.</param>
/// <param name="Token">Finds the token that may go where a configuration says, or says where to put one.</param>
/// <param name="Cancel">Wishes a run's end, and says whether it reached it.</param>
/// <param name="Report">Where the operator hears about unexpected failures.</param>
sealed record DiscordParts(
    string Folder, ChatDesk Desk, RunFeed Feed, EgressClient Egress, Func<OpenclawssyConfig> Configuration, Func<DiscordConfig, DiscordToken> Token, Func<RunId, string, bool> Cancel, TimeProvider Clock, Randomness Chance,
    Action<string, Exception> Report)
{
    public DiscordPatience Patience { get; init; } = new();

    /// <summary>Answers of runs that nobody on Discord asked for, such as a job's; null where there are none.</summary>
    public IDeliveries? Deliveries { get; init; }
}

/// <summary>
/// The Discord channel of a running program. It never takes the program down: what it cannot do without a person, it says in its
/// state, and stops.
/// </summary>
sealed class DiscordBridge(DiscordParts parts)
{
    readonly ConcurrentDictionary<Task, bool> work = new();
    readonly TaskCompletionSource<DiscordStoppedException> stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DiscordState State { get; } = new(parts.Clock);

    /// <summary>Returns when the program stops, or when a person has to change something; <see cref="State"/> says what.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try { await WorkAsync(stopping); }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        catch (DiscordStoppedException why) { stopped.TrySetResult(why); }
        catch (OperationCanceledException) { }
        catch (Exception unexpected)
        {
            parts.Report("the Discord channel", unexpected);
            stopped.TrySetResult(new("something failed inside; the operator's log has the detail"));
        }
        await stopping.CancelAsync();
        while (work.Keys.FirstOrDefault() is { } left) await left;
        if (stopped.Task.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested) State.Is(DiscordPhase.Stopped, (await stopped.Task).Message);
        else State.Is(DiscordPhase.Off);
    }

    async Task WorkAsync(CancellationTokenSource stopping)
    {
        var config = parts.Configuration();
        if (!config.Discord.Enabled) return;
        State.Is(DiscordPhase.Connecting);
        var token = parts.Token(config.Discord);
        var (clock, chance, patience, report) = (parts.Clock, parts.Chance, parts.Patience, parts.Report);
        using var ledger = new DiscordLedger(DiscordLedger.PathIn(parts.Folder));
        var api = new DiscordApi(new(parts.Egress, new(config.Discord.ApiBase), token, clock, chance, patience));
        var stops = new RunStops(parts.Cancel);
        var bringing = new Answers(api, new(api, ledger, clock, chance, patience, report), parts.Feed, ledger, stops, () => parts.Configuration().Output.ThinkingMode, clock, chance, patience, report);
        var gateway = new Gateway(
            parts.Egress, new(config.Discord.GatewayUrl), token, new(Path.Combine(parts.Folder, "session.json")), State, clock, chance, patience, report);
        var inbox = new DiscordInbox(
            parts.Desk, ledger, api, stops, parts.Configuration, () => gateway.Session, work => Beside(work, stopping), bringing.BringAsync,
            new Ids(clock, chance).NewRun, clock, report);
        try
        {
            foreach (var owed in ledger.Open) Bring(owed);
            if (parts.Deliveries is { } due)
                Beside(new JobResults(due, ledger, api, parts.Configuration, Bring, clock, patience.Deliveries, report).RunAsync, stopping);
            await gateway.RunAsync(inbox.HandleAsync, stopping.Token);
        }
        finally
        {
            // The ledger is closed when nobody writes to it any more.
            await stopping.CancelAsync();
            while (work.Keys.FirstOrDefault() is { } left) await left;
        }

        void Bring(Owed owed) => Beside(cancellation => bringing.BringAsync(owed, cancellation), stopping);
    }

    void Beside(Func<CancellationToken, Task> act, CancellationTokenSource stopping)
    {
        var begun = GuardedAsync(act, stopping);
        work[begun] = true;
        begun.ContinueWith(done => work.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    async Task GuardedAsync(Func<CancellationToken, Task> act, CancellationTokenSource stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try { await act(stopping.Token); }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        catch (DiscordStoppedException why)
        {
            stopped.TrySetResult(why);
            await stopping.CancelAsync();
        }
        catch (Exception unexpected) { parts.Report("the Discord channel", unexpected); }
    }
}
