using System.Text.Json;
using Openclawssy.Runtime.Runs;

namespace Openclawssy.Cli;

/// <summary>How a run's end is told to a person, a pipe and the shell. The table is in docs/specs/CONTRACTS.md.</summary>
static class RunReport
{
    public static int ExitCode(string state, CommandContext context) => state switch
    {
        RunStates.Completed => ExitCodes.Ok,
        RunStates.NeedsInput => ExitCodes.NeedsInput,
        RunStates.TimedOut => ExitCodes.TimedOut,
        RunStates.Cancelled => context.CancelledCode,
        _ => ExitCodes.Failed,
    };

    /// <summary>The answer on standard output; what went wrong, and what to do, on standard error.</summary>
    public static void Print(RunResult run, CommandContext context, bool answerShown)
    {
        if (!answerShown && run.Output.Length > 0) context.PrintForeign(run.Output);
        if (run.Thinking is { Length: > 0 } thinking) context.PrintForeign($"{(run.Output.Length > 0 ? "\n" : "")}Thinking:\n{thinking}");
        if (run is { State: RunStates.Completed, Reason: RunReasons.NoProgress })
            context.Error.WriteLine("note:  the run made no progress any more and was asked for a last answer");
        if (run is { State: RunStates.Completed, Reason: RunReasons.IterationLimit })
            context.Error.WriteLine("note:  the run reached its limit of tool rounds and was asked for a last answer");
        if (run.State == RunStates.Completed) return;
        context.Error.WriteLine($"error: {TerminalText.Line(run.Error ?? run.State)}");
        context.Error.WriteLine($"next:  {NextStep(run)}");
    }

    static string NextStep(RunResult run) => (run.State, run.Reason) switch
    {
        (RunStates.Cancelled, _) => $"what was done so far is in {run.Folder}",
        (RunStates.NeedsInput, _) => $"answer with what it needs to know, in the same session if there is one; the whole story is in {run.Folder}",
        (RunStates.TimedOut, _) => $"ask for less at once, or raise engine.default_run_timeout_ms; what was done is in {run.Folder}",
        (_, RunReasons.AuditLost) => "check the disk of the state folder, then `openclawssy audit verify`",
        (_, "policy.denied") => $"grants are in .openclawssy/policy/capabilities.json, and file tools stay in the workspace; the whole story is in {run.Folder}",
        (_, "tool.not_found") => "`openclawssy tools` lists what there is",
        (_, "tool.input_invalid") => "`openclawssy tools show NAME` prints what a tool takes",
        (_, { } reason) when reason.StartsWith("model.", StringComparison.Ordinal) => "`openclawssy doctor -v` checks the provider's settings",
        _ => $"the whole story is in {run.Folder}",
    };

    /// <summary>One JSON object, for scripts.</summary>
    public static void PrintJson(RunResult run, CommandContext context) => JsonText.Print(context.Out, json =>
    {
        json.WriteStartObject();
        json.WriteString("id", run.Id.ToString());
        json.WriteString("agent_id", run.Agent.ToString());
        if (run.Session is { } session) json.WriteString("session_id", session.ToString());
        json.WriteString("status", run.State);
        if (run.Reason is not null) json.WriteString("reason", run.Reason);
        json.WriteString("output", run.Output);
        if (run.Thinking is not null) json.WriteString("thinking", run.Thinking);
        if (run.Error is not null) json.WriteString("error", run.Error);
        json.WriteString("artifact_path", run.Folder);
        json.WriteNumber("duration_ms", run.DurationMs);
        json.WriteNumber("tool_calls", run.ToolCalls);
        json.WriteString("provider", run.Provider);
        json.WriteString("model", run.Model);
        if (run.Usage is { } usage)
        {
            json.WriteStartObject("usage");
            if (usage.Input is { } input) json.WriteNumber("input_tokens", input);
            if (usage.Output is { } output) json.WriteNumber("output_tokens", output);
            if (usage.Total is { } total) json.WriteNumber("total_tokens", total);
            json.WriteEndObject();
        }
        // Left out when unknown: nothing here may be read as free.
        if (run.CostUsd is { } cost) json.WriteNumber("cost_usd", cost);
        json.WriteEndObject();
    });
}
