using System.Text;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Policy;
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
public sealed record GateSettings(
    AgentId Agent, RunId Run, string Folder, Authority Authority, TimeSpan ToolLimit, Func<string, string> Scrub, Action<string, Exception> Report, byte[] DigestKey);

/// <summary>
/// The only way to a tool: found, its sensitive fields taken out, journaled, parsed strictly, decided, the verdict journaled,
/// handed exactly the authority it declared, bounded in time, shielded, scrubbed, and journaled again.
/// </summary>
public sealed class ToolGate(ToolCatalog catalog, AgentPolicy policy, Workspace workspace, ISandbox sandbox, RunJournal journal, TimeProvider clock, GateSettings run)
{
    /// <summary>The form of a call that may be written and shown. Nothing else of it may leave this process.</summary>
    public CapturedCall Capture(ModelCall call) => CapturedCall.Of(call, Find(call.Name), run.DigestKey);

    // A model may say the wire's form of a name it was never offered; the answer to that is a denial, not ignorance.
    Tool? Find(string name) => catalog.Find(name) ?? catalog.Find(name.Replace('-', '.'));

    /// <param name="answer">The <c>model.answered</c> event the call stands in; null for a typed one.</param>
    /// <summary>Answers one call; every failure is an answer. Throws only when the run itself is over: cancelled, or a witness lost.</summary>
    public async Task<JournalEntry> CallAsync(CapturedCall call, Provenance origin, long? answer, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(Requested(call, origin, answer), cancellationToken);
        if (call.Tool is not { } tool)
            return await AnswerAsync(call, Fault(ToolErrorCodes.NotFound, Unknown(call.Shown.Name)), Effect.PureRead, clock.GetUtcNow(), clock.GetTimestamp());

        var effect = Effects.Of(tool.Reach);
        var startedAt = clock.GetUtcNow();
        var began = clock.GetTimestamp();
        Outcome outcome;
        try
        {
            var parsed = tool.Parse(Encoding.UTF8.GetBytes(call.Arguments));
            // Without a sandbox there is no such tool, whatever was granted.
            if (tool.Reach.HasFlag(Reach.Shell) && sandbox.Status.Refusal is { } refusal) throw ToolException.SandboxRequired(refusal);
            var verdict = policy.Decide(run.Authority, tool);
            await JournalVerdictAsync(call, tool, effect, verdict);
            outcome = verdict.Allows
                ? await RunAsync(call, tool, parsed, cancellationToken)
                : Fault(ToolErrorCodes.PolicyDenied, verdict.WithoutApprovals().Reason);
        }
        catch (ToolException refused)
        {
            outcome = new(null, null, null, FaultOf(refused));
        }

        // A door said no although policy had said yes (or before it was asked): that is a denial, and denials are audited as such.
        if (outcome is { Error: { Code: ToolErrorCodes.PolicyDenied or ToolErrorCodes.SandboxRequired } denied, DeniedByPolicy: false })
            await journal.WriteAsync(Denial(call, tool, effect, denied), default);
        return await AnswerAsync(call, outcome, effect, startedAt, began);
    }

    /// <summary>Answers a call that is not run at all, for a reason the model can act on.</summary>
    public async Task<JournalEntry> RefuseAsync(CapturedCall call, Provenance origin, long? answer, string reason, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(Requested(call, origin, answer), cancellationToken);
        return await AnswerAsync(call, Fault(ToolErrorCodes.InputInvalid, reason), Effect.PureRead, clock.GetUtcNow(), clock.GetTimestamp());
    }

    async Task<Outcome> RunAsync(CapturedCall call, Tool tool, ToolCall parsed, CancellationToken cancellationToken)
    {
        var permit = new Permit(run.Agent, run.Run, call.Shown.Id, tool.Name, tool.Reach);
        var scope = new ToolScope(run.Agent, run.Run,
            tool.Reach.HasFlag(Reach.ReadsFiles) ? workspace.Files : null,
            tool.Reach.HasFlag(Reach.WritesFiles) ? workspace.EditsFor(permit) : null,
            tool.Reach.HasFlag(Reach.Clock) ? clock : null,
            tool.Reach.HasFlag(Reach.Shell) ? sandbox.ShellFor(permit, run.Folder) : null);
        using var timer = new CancellationTokenSource(run.ToolLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            // Off this thread and waited for with the timer: a tool that ignores its token still ends on time for the run.
            var result = await Task.Run(() => parsed.RunAsync(scope, either.Token), either.Token).WaitAsync(either.Token);
            return new(run.Scrub(result.OutputJson), run.Scrub(result.Summary), result.Source, null);
        }
        catch (ToolException refused)
        {
            return new(null, null, refused.Path, FaultOf(refused));
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
        }
    }

    ValueTask<JournalEntry> JournalVerdictAsync(CapturedCall call, Tool tool, Effect effect, Verdict verdict) => journal.WriteAsync(
        new PolicyVerdict(call.Shown.Id, tool.Name, verdict.Word, EffectName(effect), verdict.Rule, verdict.WrittenAt, verdict.Reason, Sandbox: SandboxOf(tool)), default);

    PolicyVerdict Denial(CapturedCall call, Tool tool, Effect effect, ToolFault denied)
    {
        var (rule, writtenAt) = denied.Code == ToolErrorCodes.SandboxRequired ? ("sandbox", "sandbox, shell.enable_exec")
            : tool.Reach.HasFlag(Reach.Shell) ? ("shell", "shell, sandbox.local")
            : ("workspace.guard", "workspace.protected");
        return new(call.Shown.Id, tool.Name, "deny", EffectName(effect), rule, writtenAt, denied.Message, denied.Path, SandboxOf(tool));
    }

    string? SandboxOf(Tool tool) => tool.Reach.HasFlag(Reach.Shell) ? sandbox.Status.Line : null;

    // What happened is written even when the run is being cancelled: the story has no holes.
    ValueTask<JournalEntry> AnswerAsync(CapturedCall call, Outcome outcome, Effect effect, DateTimeOffset startedAt, long began) => journal.WriteAsync(
        new ToolAnswered(call.Shown.Id, call.Tool?.Name ?? call.Shown.Name, outcome.Output, outcome.Summary ?? Truncation.OneLine($"error: {outcome.Error?.Message}", 180),
            outcome.Error, EffectName(effect), startedAt, clock.GetUtcNow(), (long)clock.GetElapsedTime(began).TotalMilliseconds,
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

    internal static string EffectName(Effect effect) => effect switch
    {
        Effect.PureRead => "pure_read",
        Effect.WorkspaceWrite => "workspace_write",
        Effect.Egress => "egress",
        Effect.Execution => "execution",
        _ => "control_plane",
    };

    sealed record Outcome(string? Output, string? Summary, string? Source, ToolFault? Error, bool DeniedByPolicy = false);
}
