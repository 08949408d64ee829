using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary>A run's record for a person and as JSON.</summary>
static class RunText
{
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static void Print(RunDetail found, CommandContext context)
    {
        var run = found.Run;
        List<IReadOnlyList<string>> rows =
        [
            ["run", run.Id.ToString()], ["agent", run.Agent.ToString()], ["status", run.Reason is null ? run.Status : $"{run.Status} ({run.Reason})"], ["source", run.Source],
            ["created", Time(run.CreatedAt)], ["updated", Time(run.UpdatedAt)], ["duration", $"{run.DurationMs} ms"], ["tool calls", run.ToolCalls.ToString(CultureInfo.InvariantCulture)],
            ["model", $"{run.Provider}/{run.Model}"], ["cost", run.CostUsd is { } cost ? string.Create(CultureInfo.InvariantCulture, $"{cost} USD") : "unknown"], ["bundle", run.ArtifactPath],
        ];
        if (run.Session is not null) rows.Add(["session", run.Session]);
        if (run.Error is not null) rows.Add(["error", run.Error]);
        Table.Write(context.Out, rows);
        context.Out.WriteLine();
        context.PrintForeign($"> {found.Message}");
        if (found.Output is { Length: > 0 } output) context.PrintForeign($"\n{output}");
        if (found.Cut) context.Error.WriteLine("note:  this is cut; the bundle has all of it");
    }

    public static void Write(Utf8JsonWriter into, RunSummary run, string message, string? output)
    {
        void Text(string name, string? value)
        {
            if (value is not null) into.WriteString(name, value);
        }
        void Number(string name, decimal? value)
        {
            if (value is { } known) into.WriteNumber(name, known);
        }
        into.WriteStartObject();
        into.WriteString("id", run.Id.ToString());
        into.WriteString("agent_id", run.Agent.ToString());
        into.WriteString("message", message);
        into.WriteString("source", run.Source);
        Text("session_id", run.Session);
        into.WriteString("status", run.Status);
        Text("reason", run.Reason);
        Text("error", run.Error);
        Text("output", output);
        into.WriteString("artifact_path", run.ArtifactPath);
        into.WriteNumber("duration_ms", run.DurationMs);
        into.WriteNumber("tool_calls", run.ToolCalls);
        into.WriteNumber("turns", run.Turns);
        Text("provider", run.Provider);
        Text("model", run.Model);
        Number("input_tokens", run.InputTokens);
        Number("output_tokens", run.OutputTokens);
        Number("total_tokens", run.TotalTokens);
        Number("cost_usd", run.CostUsd);
        into.WriteString("created_at", Time(run.CreatedAt));
        into.WriteString("updated_at", Time(run.UpdatedAt));
        into.WriteEndObject();
    }
}
