using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Runtime.Runs;

/// <summary>What a gate needs to know about the run it guards.</summary>
/// <param name="ToolLimit">How long one tool may run.</param>
/// <param name="Scrub">Takes known secret values out of what a tool brought in.</param>
/// <param name="Report">Tells the operator what went wrong inside a tool; the model only hears <c>internal.error</c>.</param>
/// <param name="DigestKey">Random, of this run only.</param>
/// <param name="Folder">Absolute address of the run's folder.</param>
/// <param name="Doors">What lies beyond the workspace.</param>
public sealed record GateSettings(
    AgentId Agent, RunId Run, string Folder, Authority Authority, TimeSpan ToolLimit, Func<string, string> Scrub, Action<string, Exception> Report, byte[] DigestKey, ToolDoors Doors);

/// <summary>
/// The only way to a tool: found, its sensitive fields taken out, journaled, parsed strictly, decided, the verdict journaled,
/// handed exactly the authority it declared, bounded in time, shielded, scrubbed, and journaled again.
/// </summary>
public sealed class ToolGate(
    ToolCatalog catalog, AgentPolicy policy, Workspace workspace, ISandbox sandbox, RunJournal journal, TimeProvider clock, GateSettings run, IWebDoor? web = null)
{
    /// <summary>The form of a call that may be written and shown. Nothing else of it may leave this process.</summary>
    public CapturedCall Capture(ModelCall call) => CapturedCall.Of(call, Find(call.Name), run.DigestKey);

    // A model may say the wire's form of a name it was never offered; the answer to that is a denial, not ignorance.
    Tool? Find(string name) => catalog.Find(name) ?? catalog.Find(name.Replace('-', '.'));

    /// <summary>
    /// The first half: the request and the verdict are written. Nothing runs yet, so the calls of one turn can all be decided
    /// before the first of them starts.
    /// </summary>
    /// <param name="answer">The <c>model.answered</c> event the call stands in; null for a typed one.</param>
    public async Task<DecidedCall> DecideAsync(CapturedCall call, Provenance origin, long? answer, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(Requested(call, origin, answer), cancellationToken);
        if (call.Shown.Rejected is { } reason) return Settled(call, Fault(ToolErrorCodes.InputInvalid, $"this was not run: {reason}"));
        if (call.Tool is not { } tool) return Settled(call, Fault(ToolErrorCodes.NotFound, Unknown(call.Shown.Name)));
        try
        {
            var parsed = tool.Parse(Encoding.UTF8.GetBytes(call.Arguments));
            var effect = Effects.Of(tool.Reach);
            // Without a sandbox there is no such tool, whatever was granted.
            if (tool.Reach.HasFlag(Reach.Shell) && sandbox.Status.Refusal is { } refusal) throw ToolException.SandboxRequired(refusal);
            var verdict = policy.Decide(run.Authority, tool);
            await JournalVerdictAsync(call, tool, effect, verdict);
            return verdict.Allows ? new(call, effect, parsed, null) : new(call, effect, null, Fault(ToolErrorCodes.PolicyDenied, verdict.WithoutApprovals().Reason));
        }
        catch (ToolException refused)
        {
            return new(call, Effects.Of(tool.Reach), null, new(null, null, null, FaultOf(refused)));
        }
    }

    /// <summary>The second half: an allowed call is run, and every call gets its answer; a failure is an answer too.</summary>
    /// <remarks>Throws only when a witness was lost. A call whose run is cancelled is answered so, whether it had begun or not.</remarks>
    public async Task<JournalEntry> AnswerAsync(DecidedCall decided, CancellationToken cancellationToken)
    {
        var call = decided.Call;
        var (startedAt, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        var outcome = decided.Settled ?? await RunAsync(call, call.Tool!, decided.Effect, decided.Parsed!, cancellationToken);
        // A door said no although policy had said yes (or before it was asked): that is a denial, and denials are audited as such.
        if (outcome is { Error: { Code: ToolErrorCodes.PolicyDenied or ToolErrorCodes.SandboxRequired } denied, DeniedByPolicy: false })
            await journal.WriteAsync(Denial(call, call.Tool!, decided.Effect, denied, outcome.Rule), default);
        return await WriteAsync(call, outcome, decided.Effect, startedAt, began);
    }

    /// <summary>Answers a call that is not even decided, for a reason the model can act on.</summary>
    public async Task<JournalEntry> RefuseAsync(CapturedCall call, Provenance origin, long? answer, string reason, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(Requested(call, origin, answer), cancellationToken);
        return await AnswerAsync(Settled(call, Fault(ToolErrorCodes.InputInvalid, reason)), cancellationToken);
    }

    /// <summary>Answers an allowed call with the result an identical one had.</summary>
    public async Task<JournalEntry> ReuseAsync(DecidedCall decided, long from, string? summary)
    {
        var now = clock.GetUtcNow();
        return await journal.WriteAsync(new ToolAnswered(
            decided.Call.Shown.Id, decided.Call.Tool!.Name, null, summary, null, decided.Effect.ToText(), now, now, 0, new("tool", decided.Call.Tool.Name), from), default);
    }

    /// <summary>Both halves, for a single call.</summary>
    public async Task<JournalEntry> CallAsync(CapturedCall call, Provenance origin, long? answer, CancellationToken cancellationToken) =>
        await AnswerAsync(await DecideAsync(call, origin, answer, cancellationToken), cancellationToken);

    static DecidedCall Settled(CapturedCall call, Outcome outcome) => new(call, Effect.PureRead, null, outcome);

    async Task<Outcome> RunAsync(CapturedCall call, Tool tool, Effect effect, ToolCall parsed, CancellationToken cancellationToken)
    {
        if (effect != Effect.PureRead) workspace.NoteChange();
        var permit = new Permit(run.Agent, run.Run, call.Shown.Id, tool.Name, tool.Reach);
        using var timer = new CancellationTokenSource(run.ToolLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            var scope = ScopeOf(tool.Reach, permit);
            // Off this thread and waited for with the timer: a tool that ignores its token still ends on time for the run.
            var result = await Task.Run(() => parsed.RunAsync(scope, either.Token), either.Token).WaitAsync(either.Token);
            return new(run.Scrub(result.OutputJson), run.Scrub(result.Summary), result.Source, null);
        }
        catch (ToolException refused)
        {
            return new(null, null, refused.Path, FaultOf(refused)) { Rule = refused.Rule };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fault("cancelled", "the run ended before the tool did");
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            return new(null, null, null, new(ToolErrorCodes.Timeout, $"{tool.Name} ran past its limit of {run.ToolLimit.TotalSeconds:0} s and was stopped", Retryable: true));
        }
        catch (Exception unexpected) when (unexpected is not AuditLostException)
        {
            run.Report($"{tool.Name} ({run.Run}, {call.Shown.Id})", unexpected);
            return Fault(ToolErrorCodes.InternalError, $"{tool.Name} failed inside; the operator's log has the detail");
        }
        finally
        {
            permit.Revoke();
            if (effect != Effect.PureRead) workspace.NoteChange();
        }
    }

    ToolScope ScopeOf(Reach reach, Permit permit)
    {
        var caller = Caller.Of(permit, run.Authority, policy);
        var viewer = new Viewer(run.Agent, $"{run.Authority} ({run.Run})", capability => policy.Decide(run.Authority, capability).Allows);
        return new(run.Agent, run.Run)
        {
            Files = reach.HasFlag(Reach.ReadsFiles) ? workspace.Files : null!,
            Edits = reach.HasFlag(Reach.WritesFiles) ? workspace.EditsFor(permit) : null!,
            Clock = reach.HasFlag(Reach.Clock) ? clock : null!,
            Web = reach.HasFlag(Reach.Web) ? web?.OpenFor(permit)! : null!,
            Shell = reach.HasFlag(Reach.Shell) ? sandbox.ShellFor(permit, run.Folder, web?.OpenForCommands(permit, asked => JournalAsync(permit, asked))) : null!,
            Secrets = reach.HasFlag(Reach.Secrets) ? run.Doors.Secrets(caller) : null!,
            Runs = reach.HasFlag(Reach.Records) ? run.Doors.Runs(viewer) : null!,
            Sessions = reach.HasFlag(Reach.Records) ? run.Doors.Sessions(viewer) : null!,
            Agents = reach.HasFlag(Reach.Records) ? run.Doors.Agents(viewer) : null!,
            RunControl = reach.HasFlag(Reach.RunControl) ? run.Doors.RunControl(viewer, permit) : null!,
            SessionControl = reach.HasFlag(Reach.SessionControl) ? run.Doors.SessionControl(viewer, permit) : null!,
            AgentControl = reach.HasFlag(Reach.AgentControl) ? run.Doors.AgentControl(viewer, permit) : null!,
            Scheduler = reach.HasFlag(Reach.Scheduler) ? run.Doors.Scheduler(viewer, caller) : null!,
            Grants = reach.HasFlag(Reach.Grants) ? run.Doors.Grants(caller) : null!,
            Configuration = reach.HasFlag(Reach.Configuration) ? run.Doors.Configuration(caller) : null!,
        };
    }

    ValueTask<JournalEntry> JournalVerdictAsync(CapturedCall call, Tool tool, Effect effect, Verdict verdict) => journal.WriteAsync(
        new PolicyVerdict(call.Shown.Id, tool.Name, verdict.Word, effect.ToText(), verdict.Rule, verdict.WrittenAt, verdict.Reason, Sandbox: SandboxOf(tool)), default);

    // A command's connections are effects of their own: each is on disk before it comes to anything. A host may be made of a secret the command was given.
    async ValueTask JournalAsync(Permit permit, NetworkVerdict asked) => await journal.WriteAsync(
        new PolicyVerdict(permit.CallId, permit.Tool, asked.Allowed ? "allow" : "deny", Effect.Egress.ToText(), "network.rules", "network.allowed_domains", run.Scrub(asked.Reason), run.Scrub(asked.Target)), default);

    PolicyVerdict Denial(CapturedCall call, Tool tool, Effect effect, ToolFault denied, (string Name, string WrittenAt)? known)
    {
        var (rule, writtenAt) = known is { } said ? said
            : denied.Code == ToolErrorCodes.SandboxRequired ? ("sandbox", "sandbox, shell.enable_exec")
            : tool.Reach.HasFlag(Reach.Shell) ? ("shell", "shell, sandbox.local")
            : (tool.Reach & (Reach.Records | Reach.ControlPlane)) != 0 ? ("own_things", GrantsFile.WrittenAt)
            : effect == Effect.Egress ? ("network.rules", "network.allowed_domains")
            : ("workspace.guard", "workspace.protected");
        return new(call.Shown.Id, tool.Name, "deny", effect.ToText(), rule, writtenAt, denied.Message, denied.Path, SandboxOf(tool));
    }

    string? SandboxOf(Tool tool) => tool.Reach.HasFlag(Reach.Shell) ? sandbox.Status.Line : null;

    // What happened is written even when the run is being cancelled: the story has no holes.
    ValueTask<JournalEntry> WriteAsync(CapturedCall call, Outcome outcome, Effect effect, DateTimeOffset startedAt, long began) => journal.WriteAsync(
        new ToolAnswered(call.Shown.Id, call.Tool?.Name ?? call.Shown.Name, outcome.Output, outcome.Summary ?? Truncation.OneLine($"error: {outcome.Error?.Message}", 180),
            outcome.Error, effect.ToText(), startedAt, clock.GetUtcNow(), (long)clock.GetElapsedTime(began).TotalMilliseconds,
            new("tool", outcome.Source is null ? call.Tool?.Name ?? call.Shown.Name : $"{call.Tool!.Name} {outcome.Source}")), default);

    static ToolRequested Requested(CapturedCall call, Provenance origin, long? answer) => new(
        call.Shown.Id, call.Tool?.Name ?? call.Shown.Name, call.Shown.Name, answer is null ? call.Shown.Arguments : null, answer,
        call.NotCaptured is { Count: > 0 } ? call.NotCaptured : null, origin)
    {
        Shown = call.Shown.Arguments,
    };

    string Unknown(string name) => NearestName.Find(name, catalog.All.Select(tool => tool.Name)) is { } near
        ? $"there is no tool \"{OneLine.Escape(name, 64)}\"; did you mean {near}?"
        : $"there is no tool \"{OneLine.Escape(name, 64)}\"; use only the tools you were offered";

    static ToolFault FaultOf(ToolException refused) => new(refused.Code, refused.Message, refused.Retryable, refused.Path);

    static Outcome Fault(string code, string message) => new(null, null, null, new(code, message, Retryable: false), DeniedByPolicy: code == ToolErrorCodes.PolicyDenied);

    /// <summary>What came of a call.</summary>
    internal sealed record Outcome(string? Output, string? Summary, string? Source, ToolFault? Error, bool DeniedByPolicy = false)
    {
        /// <summary>Whose denial it is, where a door said so.</summary>
        public (string Name, string WrittenAt)? Rule { get; init; }
    }
}

/// <summary>A call that was asked for and decided, but has not run.</summary>
public sealed class DecidedCall
{
    internal DecidedCall(CapturedCall call, Effect effect, ToolCall? parsed, ToolGate.Outcome? settled) => (Call, Effect, Parsed, Settled) = (call, effect, parsed, settled);

    public CapturedCall Call { get; }
    public Effect Effect { get; }

    /// <summary>True when it will run once it is answered; false when its answer is settled already.</summary>
    public bool WillRun => Settled is null;

    internal ToolCall? Parsed { get; }
    internal ToolGate.Outcome? Settled { get; }
}
