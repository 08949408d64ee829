using System.Collections.Concurrent;
using System.Security.Cryptography;
using Openclawssy.Discord;
using Openclawssy.Egress;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

/// <summary>A bridge between a fake Discord and a real desk, real conversations, journals and feed; only who runs the runs is the test.</summary>
sealed class DiscordHouse : IRunIntake, IAsyncDisposable
{
    public const string Ann = "201", Bob = "202", Room = "100";

    readonly TempFolder folder = new();
    readonly Ids ids = new(TimeProvider.System, RandomNumberGenerator.Fill);
    readonly ConcurrentDictionary<RunId, FakeRun> runs = new();
    readonly ConcurrentQueue<string> reported = new();
    CancellationTokenSource? stopping;
    Task running = Task.CompletedTask;

    DiscordHouse(FakeDiscord discord)
    {
        Discord = discord;
        Directory.CreateDirectory(Path.Combine(State, "agents", "default"));
        Config = new()
        {
            Chat = new() { GlobalRateLimitPerMin = 1_000_000 },
            Discord = new() { Enabled = true, AllowUsers = [Ann], RateLimitPerMin = 1_000_000, ApiBase = discord.ApiBase, GatewayUrl = discord.GatewayUrl },
        };
        Sessions = new(State, TimeProvider.System, ids);
        Desk = new(new(Sessions, () => AgentFolder.Existing(State), this, Stop, channel => ChatRules.Of(channel, Config), TimeProvider.System, Report));
        Bridge = NewBridge();
    }

    public static async Task<DiscordHouse> StartAsync(Action<DiscordHouse>? arrange = null)
    {
        var house = new DiscordHouse(await FakeDiscord.StartAsync());
        arrange?.Invoke(house);
        await house.ConnectAsync();
        return house;
    }

    /// <summary>One that is not connected yet.</summary>
    public static async Task<DiscordHouse> MakeAsync() => new(await FakeDiscord.StartAsync());

    public string State => folder["state"];
    public string Kept => Path.Combine(State, "discord");
    public FakeDiscord Discord { get; }
    public OpenclawssyConfig Config { get; set; }
    public SessionStore Sessions { get; }
    public ChatDesk Desk { get; }
    public LiveRuns Live { get; } = new();
    public DiscordBridge Bridge { get; private set; }
    public string Token { get; set; } = FakeDiscord.Token;
    public IReadOnlyList<string> Reported => [.. reported];
    public Exception? Refusal { get; set; }
    public IDeliveries? Deliveries { get; set; }
    public EgressClient Egress { get; set; } = EgressClient.OfSystem(TimeProvider.System);

    /// <summary>Happens when a run was accepted, before anything of it is on disk.</summary>
    public Action<RunRequest> BeforeBeginning { get; set; } = static _ => { };

    /// <summary>How each run ends at once; null leaves it to the test.</summary>
    public Func<FakeRun, Task>? Runs { get; set; }

    public IReadOnlyList<FakeRun> Accepted => [.. runs.Values.OrderBy(run => run.Number)];

    public DiscordPatience Patience { get; set; } = new()
    {
        FirstReconnect = TimeSpan.FromMilliseconds(1),
        LongestReconnect = TimeSpan.FromMilliseconds(20),
        BeforeSignIn = TimeSpan.FromMilliseconds(2),
        FirstRetry = TimeSpan.FromMilliseconds(1),
        LongestRetry = TimeSpan.FromMilliseconds(10),
        FirstRedelivery = TimeSpan.FromMilliseconds(5),
        LongestRedelivery = TimeSpan.FromMilliseconds(50),
        Progress = TimeSpan.FromMilliseconds(10),
        Stray = TimeSpan.FromMilliseconds(50),
        Deliveries = TimeSpan.FromMilliseconds(10),
    };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    DiscordBridge NewBridge()
    {
        var parts = new DiscordParts(
            Kept, Desk, new(State, Live, TimeProvider.System), Egress, () => Config, _ => new(Token, "the test"), (run, by) => runs.TryGetValue(run, out var known) && known.Cancel(by),
            TimeProvider.System, RandomNumberGenerator.Fill, Report);
        return new(parts with { Patience = Patience, Deliveries = Deliveries });
    }

    readonly SemaphoreSlim told = new(0);

    void Report(string where, Exception problem)
    {
        reported.Enqueue($"{where}: {problem.GetType().Name}: {problem.Message}");
        told.Release();
    }

    public async Task UntilReportedAsync(string words)
    {
        while (!Reported.Any(line => line.Contains(words, StringComparison.Ordinal))) await told.WaitAsync(Cancellation);
    }

    public async Task ConnectAsync()
    {
        Begin();
        await UntilAsync(DiscordPhase.Connected);
        // The first thing it does by itself is over.
        await UntilAsync(discord => discord.Commands is not null);
    }

    public void Begin()
    {
        Bridge = NewBridge();
        stopping = new();
        running = Bridge.RunAsync(stopping.Token);
    }

    public Task Running => running;

    public async Task UntilAsync(DiscordPhase phase)
    {
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Bridge.State.Changed += Look;
        Look(Bridge.State.Current);
        await there.Task.WaitAsync(Cancellation);
        Bridge.State.Changed -= Look;

        void Look(DiscordStatus now)
        {
            if (now.Phase == phase) there.TrySetResult();
        }
    }

    /// <summary>The process ends; what it kept stays.</summary>
    public async Task StopAsync()
    {
        if (stopping is null) return;
        await stopping.CancelAsync();
        await running.WaitAsync(Cancellation);
        stopping.Dispose();
        stopping = null;
    }

    public Task UntilAsync(Func<FakeDiscord, bool> isSo) => Discord.UntilAsync(isSo, Cancellation);

    /// <summary>The bot's messages that answer one message, as they are now.</summary>
    public IReadOnlyList<FakeDiscordMessage> AnswersTo(string message) => [.. Discord.Messages.Where(said => said.Nonce.StartsWith($"{message}-", StringComparison.Ordinal))];

    /// <summary>Waits for the one answer, by its text.</summary>
    public async Task<FakeDiscordMessage> AnsweredAsync(string message, string text)
    {
        await UntilAsync(_ => AnswersTo(message).Any(said => said.Text == text));
        return Assert.Single(AnswersTo(message));
    }

    /// <summary>Waits until a run was taken in.</summary>
    public async Task<FakeRun> RunAsync(int number)
    {
        await UntilRunsAsync(number + 1);
        return Accepted[number];
    }

    readonly SemaphoreSlim accepted = new(0);
    int seen;

    async Task UntilRunsAsync(int count)
    {
        for (; seen < count; seen++) await accepted.WaitAsync(Cancellation);
    }

    public async ValueTask<RunId> AcceptAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal) throw refusal;
        BeforeBeginning(request);
        var run = new FakeRun(request.Id ?? ids.NewRun(), request, State, Live, runs.Count);
        await run.BeginAsync();
        runs[run.Id] = run;
        accepted.Release();
        if (Runs is { } act) _ = Task.Run(() => act(run), CancellationToken.None);
        return run.Id;
    }

    IReadOnlyList<RunId> Stop(Predicate<RunRequest> which, string by) => [.. Accepted.Where(run => which(run.Request) && run.Cancel(by)).Select(run => run.Id)];

    public async ValueTask DisposeAsync()
    {
        if (stopping is not null)
        {
            await stopping.CancelAsync();
            await running;
            stopping.Dispose();
        }
        foreach (var run in runs.Values) run.Dispose();
        await Discord.DisposeAsync();
        Egress.Dispose();
        folder.Dispose();
    }
}

/// <summary>A run whose story the test tells.</summary>
sealed class FakeRun : IDisposable
{
    readonly LiveRun live;
    readonly RunJournal journal;
    int over, calls;

    public FakeRun(RunId id, RunRequest request, string state, LiveRuns runs, int number)
    {
        (Id, Request, Number) = (id, request, number);
        live = runs.Begin();
        journal = RunJournal.Create(new AgentFolder(state, request.Agent).Run(id), TimeProvider.System, [], [live]);
    }

    public RunId Id { get; }
    public RunRequest Request { get; }
    public int Number { get; }
    public string? CancelledBy { get; private set; }

    public async Task BeginAsync() => await journal.WriteAsync(new RunCreated(
        Id.ToString(), Request.Agent.ToString(), Request.Authority.Names, Request.Source, Request.Origin, Request.Message, null, Request.Session?.ToString(), "process", null, "full", "0.1"), default);

    public async Task ToolAsync(string tool, string summary)
    {
        var call = $"call_{++calls}";
        await journal.WriteAsync(new ToolRequested(call, tool, tool, "{}", null, null, new("model", "m")), default);
        await journal.WriteAsync(new ToolAnswered(call, tool, "{}", summary, null, "pure_read", default, default, 1, new("tool", tool)), default);
    }

    public Task SayAsync(string text) => EndAsync("completed", null, text);

    public async Task EndAsync(string state, string? reason, string? output, string? error = null)
    {
        if (Interlocked.Exchange(ref over, 1) != 0) return;
        await journal.WriteAsync(new RunEnded(state, reason, null, output, error, null, calls, 1, null, default, 1), default);
        Dispose();
    }

    public bool Cancel(string by)
    {
        if (Volatile.Read(ref over) != 0) return false;
        CancelledBy = by;
        _ = EndAsync("cancelled", null, null, "the run was cancelled");
        return true;
    }

    public void Dispose()
    {
        live.Dispose();
        journal.Dispose();
    }
}
