using System.ComponentModel;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Runs;

/// <summary>A run as the tools show it.</summary>
public sealed record RunView(
    [property: Description("The run's id.")] string Id,
    [property: Description("Whose run it is.")] string AgentId,
    [property: Description("What was asked; in a list its beginning on one line. What looks like a credential is masked.")] string Message,
    [property: Description("The way in, for example cli.run.")] string Source,
    [property: Description("Its conversation, if it has one.")] string? SessionId,
    [property: Description("queued, running, completed, failed, cancelled, timed_out or needs_input.")] string Status,
    [property: Description("Why, where the status alone does not say it.")] string? Reason,
    [property: Description("One sentence, when it did not complete.")] string? Error,
    [property: Description("Folder of its bundle, from the installation's root.")] string ArtifactPath,
    [property: Description("From start to end; 0 while it runs.")] long DurationMs,
    [property: Description("Tool calls that were answered.")] int ToolCalls,
    [property: Description("Model answers; 0 while it runs.")] int Turns,
    [property: Description("Provider it began with.")] string? Provider,
    [property: Description("Model it began with.")] string? Model,
    [property: Description("Tokens the models read; left out when unknown.")] long? InputTokens,
    [property: Description("Tokens the models wrote; left out when unknown.")] long? OutputTokens,
    [property: Description("Both; left out when unknown.")] long? TotalTokens,
    [property: Description("US dollars; left out when unknown, which is not free.")] decimal? CostUsd,
    [property: Description("When it was made, UTC.")] string CreatedAt,
    [property: Description("When it ended or last did something, UTC.")] string UpdatedAt,
    [property: Description("What it answered, once it ended, masked; not in a list.")] string? Output = null)
{
    internal static RunView Of(RunSummary run) => new(
        run.Id.ToString(), run.Agent.ToString(), run.Message, run.Source, run.Session, run.Status, run.Reason, run.Error, run.ArtifactPath, run.DurationMs, run.ToolCalls, run.Turns,
        run.Provider, run.Model, run.InputTokens, run.OutputTokens, run.TotalTokens, run.CostUsd, Given.Time(run.CreatedAt), Given.Time(run.UpdatedAt));
}
