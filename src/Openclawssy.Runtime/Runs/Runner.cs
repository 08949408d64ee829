using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Context;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Prompts;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Runtime.Runs;

/// <summary>The settings a run goes by, one snapshot for its whole life.</summary>
/// <param name="MaxThinkingChars">How much of a model's thinking is kept, in characters.</param>
/// <param name="ContextWindow">Tokens the model can hold, question and answer together.</param>
public sealed record RunSettings(
    ModelOptions Model, int MaxIterations, TimeSpan ToolLimit, TimeSpan RunLimit, int MaxThinkingChars, int ContextWindow, string Version, string Redaction)
{
    public const int DefaultMaxIterations = 120;
    public static readonly TimeSpan DefaultToolLimit = TimeSpan.FromSeconds(900);
}

/// <summary>What every run of one installation shares.</summary>
/// <param name="Model">Made when a run first needs it: a typed <c>/tool</c> and a broken provider setting do not meet.</param>
/// <param name="Scrub">Takes known secret values out of a text.</param>
/// <param name="Pieces">The same for a text that arrives in pieces.</param>
/// <param name="Report">Where the operator hears about unexpected failures.</param>
/// <param name="Web">The door to the web, made at each run's start; null where no tool reaches it.</param>
/// <param name="Doors">What else tools may be handed beyond the workspace.</param>
public sealed record RunnerParts(
    string StateFolder, ToolCatalog Catalog, GrantsFile Grants, Workspace Workspace, ISandbox Sandbox, Func<ModelOptions, IChatClient> Model, Func<AgentId, IReadOnlyList<Tool>, string> Prompt,
    Func<AgentId, IReadOnlyList<IJournalWitness>> Witnesses, SessionStore Sessions, ProcessLock Process, Ids Ids, Randomness Randomness, TimeProvider Clock, Func<string, string> Scrub, Func<ScrubbedPieces> Pieces,
    Action<string, Exception> Report, ToolDoors Doors, Func<IWebDoor>? Web = null);

/// <summary>One run from start to finish: story opened, context built, loop, honest end, bundle.</summary>
public sealed class Runner(RunnerParts parts)
{
    const string AuditLostText = "the audit or the journal could not be written, so the run was stopped; check the disk of the state folder";

    /// <summary>The runs going on in this process.</summary>
    public RunTracker Tracker { get; } = new(parts.Clock);

    /// <summary>Opens a run and goes through with it at once, after its conversation's turn has come.</summary>
    /// <exception cref="SessionException">There was no run: its conversation is unknown, closed or busy.</exception>
    /// <exception cref="AuditLostException">There was no run: its record could not be begun.</exception>
    public async Task<RunResult> RunAsync(RunRequest request, RunSettings settings, IReadOnlyList<IJournalListener> listeners, CancellationToken cancellationToken)
    {
        var turn = request.Session is { } session ? await parts.Sessions.BeginTurnAsync(request.Agent, session, cancellationToken) : null;
        OpenRun run;
        try { run = await OpenAsync(request, settings, listeners, turn, cancellationToken); }
        catch
        {
            turn?.Dispose();
            throw;
        }
        return await GoOnAsync(run, cancellationToken);
    }

    /// <summary>Begins a run's story: when this returns, its <c>run.created</c> is on disk, and the run waits. Whoever opens a run goes on with it.</summary>
    /// <exception cref="AuditLostException">There was no run: its record could not be begun.</exception>
    public Task<OpenRun> OpenAsync(RunRequest request, RunSettings settings, IReadOnlyList<IJournalListener> listeners, CancellationToken cancellationToken) =>
        OpenAsync(request, settings, listeners, null, cancellationToken);

    async Task<OpenRun> OpenAsync(RunRequest request, RunSettings settings, IReadOnlyList<IJournalListener> listeners, SessionTurn? turn, CancellationToken cancellationToken)
    {
        var id = request.Id ?? parts.Ids.NewRun();
        var folder = new AgentFolder(parts.StateFolder, request.Agent).Run(id);
        var digestKey = new byte[32];
        parts.Randomness(digestKey);

        var typed = SlashTool.Parse(request.Message);
        var typedCall = typed is SlashTool.Request asked
            ? CapturedCall.Of(new("tool-1", asked.AskedName, asked.InputJson), parts.Catalog.Find(asked.AskedName), digestKey)
            : null;
        var message = Recordable(request.Message, typed, typedCall);

        // The process names its runs before they exist, so that a run whose process died is found without scanning folders.
        await parts.Process.RecordAsync(request.Agent.ToString(), id.ToString());
        var story = new Story();
        var tracked = Tracker.Track(id, folder);
        var recorder = request.Session is null ? null : new SessionRecorder(story);
        RunJournal? journal = null;
        try
        {
            IReadOnlyList<IJournalWitness> conversation = recorder is null ? [] : [recorder];
            journal = RunJournal.Create(folder, parts.Clock, [new BundleWriter(folder, story, parts.Report), .. parts.Witnesses(request.Agent), .. conversation], [new StoryTeller(story), tracked, .. listeners]);
            // Read before the run's own message is written, and told to the model before it.
            IReadOnlyList<ReplayedMessage> history = [];
            if (turn is not null) history = await recorder!.TakeTurnAsync(turn);
            await journal.WriteAsync(new RunCreated(
                id.ToString(), request.Agent.ToString(), request.Authority.Names, request.Source, request.Origin, message, typedCall?.NotCaptured is { Count: > 0 } fields ? fields : null,
                request.Session?.ToString(), parts.Process.Name, request.Operator, settings.Redaction, settings.Version, request.Thinking?.Word(), request.Key), cancellationToken);
            return new(id, folder, request, settings, journal, story, tracked, recorder, digestKey, typed, typedCall) { Turn = turn, History = history };
        }
        catch
        {
            journal?.Dispose();
            tracked.Dispose();
            throw;
        }
    }

    /// <summary>Whether a run that waits can go on in another process: everything it needs is in its record, and nobody's word that holds only where it was given.</summary>
    internal static bool CanGoOn(RunCreated created) => created is { NotCaptured: null, Operator: null } && Authority.Recorded(created.Principals) is not null;

    /// <summary>Takes up a run that waited when its process died; from now on it waits here. Only for who holds the dead process' lock.</summary>
    /// <exception cref="InvalidOperationException">It is none that waits and can go on.</exception>
    public async Task<OpenRun> TakeUpAsync(AgentId agent, RunId id, RunSettings settings, IReadOnlyList<IJournalListener> listeners, CancellationToken cancellationToken)
    {
        var folder = new AgentFolder(parts.StateFolder, agent).Run(id);
        var digestKey = new byte[32];
        parts.Randomness(digestKey);
        await parts.Process.RecordAsync(agent.ToString(), id.ToString());
        var story = new Story();
        var tracked = Tracker.Track(id, folder);
        var recorder = new SessionRecorder(story);
        ReopenedJournal? reopened = null;
        try
        {
            reopened = await RunJournal.ReopenAsync(folder, parts.Clock, [new BundleWriter(folder, story, parts.Report), .. parts.Witnesses(agent), recorder], [new StoryTeller(story), tracked, .. listeners], cancellationToken);
            foreach (var entry in reopened.Story) story.Add(entry);
            if (story.First<RunCreated>() is not { } created || !CanGoOn(created)) throw new InvalidOperationException($"{id} cannot go on");
            SessionId? session = SessionId.TryParse(created.SessionId, out var known) ? known : null;
            ThinkingMode? thinking = created.ThinkingMode is { } word && ConfigWords.TryParse(word, out ThinkingMode asked) ? asked : null;
            var request = new RunRequest(agent, created.Message, created.Source, Authority.Recorded(created.Principals)!, created.Origin, null, session, thinking, created.Key);
            var typed = SlashTool.Parse(request.Message);
            var typedCall = typed is SlashTool.Request call ? CapturedCall.Of(new("tool-1", call.AskedName, call.InputJson), parts.Catalog.Find(call.AskedName), digestKey) : null;
            await reopened.Journal.WriteAsync(new RunRequeued(parts.Process.Name), cancellationToken);
            return new(id, folder, request, settings, reopened.Journal, story, tracked, session is null ? null : recorder, digestKey, typed, typedCall);
        }
        catch
        {
            reopened?.Journal.Dispose();
            tracked.Dispose();
            throw;
        }
    }

    /// <summary>Goes through with a run that was opened: the loop, an honest end, the bundle. Once only; nothing is thrown but what is a mistake of ours.</summary>
    public async Task<RunResult> GoOnAsync(OpenRun run, CancellationToken cancellationToken)
    {
        using var _ = run;
        var (id, request, settings, journal, story) = (run.Id, run.Request, run.Settings, run.Journal, run.Story);
        var began = parts.Clock.GetTimestamp();
        var startedAt = parts.Clock.GetUtcNow();
        using var deadline = new CancellationTokenSource(settings.RunLimit, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Tracked.Token, deadline.Token);
        LoopEnd end;
        try
        {
            await TakeTurnAsync(run, either.Token);
            await journal.WriteAsync(new RunStarted(settings.Model.Provider, settings.Model.Model, settings.MaxIterations, (long)settings.ToolLimit.TotalMilliseconds,
                (long)settings.RunLimit.TotalMilliseconds, parts.Workspace.Containment.ToText()), either.Token);
            var policy = new AgentPolicy(parts.Grants);
            var gate = new ToolGate(parts.Catalog, policy, parts.Workspace, parts.Sandbox, journal, parts.Clock,
                new(request.Agent, id, run.Folder, request.Authority, settings.ToolLimit, parts.Scrub, parts.Report, run.DigestKey, parts.Doors), parts.Web?.Invoke());
            end = run.Typed switch
            {
                SlashTool.Refused refused => new(RunStates.Failed, ToolErrorCodes.InputInvalid, null, null, refused.Reason, 0),
                SlashTool.Request => await RunTypedAsync(gate, run.TypedCall!, request, either.Token),
                _ => await ConverseAsync(run, gate, policy, () => settings.RunLimit - parts.Clock.GetElapsedTime(began), either.Token),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            end = Unfinished(RunStates.Cancelled, story, "the run was cancelled");
        }
        catch (OperationCanceledException) when (run.Tracked.By is { } by)
        {
            end = Unfinished(RunStates.Cancelled, story, $"the run was cancelled by {by}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            end = Unfinished(RunStates.TimedOut, story, $"the run passed its limit of {settings.RunLimit.TotalSeconds:0} s (engine.default_run_timeout_ms)");
        }
        catch (ModelException failure)
        {
            end = Unfinished(RunStates.Failed, story, parts.Scrub(failure.Message)) with { Reason = failure.Code };
        }
        catch (SessionException refused)
        {
            end = Unfinished(RunStates.Failed, story, refused.Message) with { Reason = refused.Code };
        }
        catch (AuditLostException lost)
        {
            parts.Report($"the audit of {id} was lost", lost);
            end = Unfinished(RunStates.Failed, story, AuditLostText) with { Reason = RunReasons.AuditLost };
        }
        catch (Exception unexpected)
        {
            parts.Report(id.ToString(), unexpected);
            end = Unfinished(RunStates.Failed, story, "something failed inside; the operator's log has the detail") with { Reason = ToolErrorCodes.InternalError };
        }

        var calls = story.Entries.Count(entry => entry.Event is ToolAnswered);
        var duration = (long)parts.Clock.GetElapsedTime(began).TotalMilliseconds;
        var bill = Bill.Of(story);
        var ended = new RunEnded(end.State, end.Reason, end.OutputFrom, end.Output, end.Error, Thinking(story), calls, end.Turns, bill.Usage, startedAt, duration, CostUsd: bill.CostUsd);
        ended = await EndAsync(journal, id, request.Agent, ended);
        return new(id, request.Agent, ended.State, ended.Reason, story.OutputOf(ended), ended.Error, run.Folder, calls, end.Turns, duration, settings.Model.Provider, settings.Model.Model, ended.Usage, ended.Thinking,
            ended.CostUsd, story.Entries.Any(entry => entry.Event is ModelAnswered answer && answer.Calls.Any(call => call.Rejected is not null)), request.Session);
    }

    /// <summary>A run that waited gets its conversation's turn now, and what was said there meanwhile.</summary>
    async Task TakeTurnAsync(OpenRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (run.Recorder is null || run.Turn is not null) return;
        run.Turn = await parts.Sessions.BeginTurnAsync(run.Request.Agent, run.Request.Session!.Value, cancellationToken);
        run.History = await run.Recorder.TakeTurnAsync(run.Turn);
    }

    /// <summary>Writes the end. When the witnesses cannot keep it, the run has failed, and the next start completes the record.</summary>
    async Task<RunEnded> EndAsync(RunJournal journal, RunId id, AgentId agent, RunEnded ended)
    {
        if (ended.Reason != RunReasons.AuditLost)
        {
            try
            {
                await journal.WriteAsync(ended, default);
                parts.Process.Ended(agent.ToString(), id.ToString());
                return ended;
            }
            catch (AuditLostException lost)
            {
                parts.Report($"the audit of {id} was lost", lost);
                ended = ended with { State = RunStates.Failed, Reason = RunReasons.AuditLost, Error = AuditLostText };
            }
        }
        if (await journal.TryWriteLastAsync(ended) is null) parts.Process.LeaveForNextStart();
        return ended;
    }

    /// <summary>The message as it may be written: without what a tool calls sensitive, without known secret values.</summary>
    string Recordable(string message, SlashTool? typed, CapturedCall? call) => typed switch
    {
        SlashTool.Request when call is { NotCaptured.Count: > 0 } => $"/tool {call.Shown.Name} {call.Shown.Arguments}",
        // What cannot be parsed cannot be searched for sensitive fields; nothing after the tool's name is kept.
        SlashTool.Refused { AskedName: var name } when name is null || parts.Catalog.Find(name) is not { SensitiveFields.Count: 0 } => $"/tool {name} (input not captured)",
        _ => parts.Scrub(message),
    };

    async Task<LoopEnd> ConverseAsync(OpenRun run, ToolGate gate, AgentPolicy policy, Func<TimeSpan> timeLeft, CancellationToken cancellationToken)
    {
        var (request, settings, journal, story, history) = (run.Request, run.Settings, run.Journal, run.Story, run.History);
        // What cannot run is not offered; whoever asks for it all the same hears why.
        var allowed = policy.Offered(request.Authority, parts.Catalog.All).Where(tool => !tool.Reach.HasFlag(Reach.Shell) || parts.Sandbox.Status.Refusal is null).ToList();
        var tools = parts.Catalog.Only(allowed.Contains);
        var offered = OfferedTools.Of(tools);
        var prompt = await journal.WriteAsync(new PromptAssembled(parts.Scrub(parts.Prompt(request.Agent, tools.All))), cancellationToken);
        await journal.WriteAsync(offered.Event, cancellationToken);
        var conversation = new Conversation(story);
        conversation.Add(prompt.Seq);
        if (history.Count > 0)
        {
            var replayed = await journal.WriteAsync(new HistoryReplayed(
                request.Session.ToString()!, [.. history.Select(past => new HistoryMessage(past.Role, past.Text, past.CallId, past.Tool, past.Arguments))]), cancellationToken);
            conversation.Add(replayed.Seq);
        }
        conversation.Add(story.Entries[0].Seq);
        var loopSettings = new LoopSettings(settings.Model, settings.MaxIterations, settings.MaxThinkingChars, parts.Scrub, parts.Pieces, timeLeft);
        var turns = new ModelTurn(parts.Model(settings.Model), journal, parts.Clock, loopSettings);
        var budget = new ContextBudget(settings.ContextWindow, settings.Model.MaxTokens, offered.Tokens);
        var loop = new RunLoop(
            turns, gate, new(gate, new(() => parts.Workspace.Changes)), new(journal, budget, new ModelSummariser(turns, story, settings.Model)), journal, story, loopSettings);
        return await loop.RunAsync(conversation, offered, cancellationToken);
    }

    static async Task<LoopEnd> RunTypedAsync(ToolGate gate, CapturedCall call, RunRequest request, CancellationToken cancellationToken)
    {
        var entry = await gate.CallAsync(call, request.Origin, null, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var result = (ToolAnswered)entry.Event;
        return result.Error is { } error
            ? new(RunStates.Failed, error.Code, null, null, $"{error.Code} ({result.Tool}): {error.Message}", 0)
            : new(RunStates.Completed, null, entry.Seq, null, null, 0);
    }

    static LoopEnd Unfinished(string state, Story story, string error) =>
        new(state, null, null, story.Entries.Any(entry => entry.Event is ToolAnswered) ? LatestResults.Of(story) : null, error,
            story.Entries.Count(entry => entry.Event is ModelAnswered { Purpose: null }));

    static string? Thinking(Story story) => story.Entries.Select(entry => entry.Event).OfType<ModelAnswered>().LastOrDefault(answer => answer.Purpose is null && !string.IsNullOrWhiteSpace(answer.Thinking))?.Thinking;

    /// <summary>Keeps the story in memory while it is written.</summary>
    sealed class StoryTeller(Story story) : IJournalListener
    {
        public void Hear(RunCreated run, JournalEntry entry) => story.Add(entry);
    }
}
