using System.Globalization;
using Openclawssy.Runtime.Journal;

namespace Openclawssy.Telemetry;

/// <summary>Counts what runs do, from what their journals say. One for a process; it hears every run.</summary>
sealed class RunFigures : IJournalListener
{
    /// <summary>Upper bounds of durations that are counted, in seconds.</summary>
    static readonly double[] bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200];

    readonly Counted runs = new("openclawssy_runs_total", "Runs that ended.", "status", "reason", "source");
    readonly Counted durationBuckets = new("openclawssy_run_duration_seconds_bucket", "How long runs took.", "le");
    readonly Counted durationSum = new("openclawssy_run_duration_seconds_sum", "How long runs took.");
    readonly Counted durationCount = new("openclawssy_run_duration_seconds_count", "How long runs took.");
    readonly Counted accepted = new("openclawssy_runs_accepted_total", "Runs that were taken in.", "source");
    readonly Counted modelCalls = new("openclawssy_model_calls_total", "Questions to models that were answered or failed.", "provider", "model", "outcome");
    readonly Counted modelSeconds = new("openclawssy_model_seconds_total", "Seconds models took to answer or fail.", "provider", "model");
    readonly Counted tokens = new("openclawssy_tokens_total", "Tokens models counted.", "provider", "model", "direction");
    readonly Counted cost = new("openclawssy_cost_usd_total", "US dollars, where the price is known.", "provider", "model");
    readonly Counted unpriced = new("openclawssy_unpriced_calls_total", "Answers whose cost nobody knows.", "provider", "model");
    readonly Counted calls = new("openclawssy_tool_calls_total", "Calls of tools.", "tool", "outcome");
    readonly Counted callSeconds = new("openclawssy_tool_seconds_total", "Seconds tools took.", "tool");
    readonly Counted denials = new("openclawssy_policy_denials_total", "Calls that were refused by a rule.", "tool", "rule");

    public IReadOnlyList<Counted> All => [accepted, runs, durationBuckets, durationSum, durationCount, modelCalls, modelSeconds, tokens, cost, unpriced, calls, callSeconds, denials];

    /// <summary>A listener for one run that is about to begin.</summary>
    public IJournalListener ForRun() => new One(this);

    public void Hear(RunCreated run, JournalEntry entry)
    {
        switch (entry.Event)
        {
            case RunCreated e: accepted.Add(1, e.Source); break;
            case PolicyVerdict { Verdict: not "allow" } e: denials.Add(1, e.Tool, e.Rule); break;
            case ToolAnswered e:
                calls.Add(1, e.Tool, e.Error?.Code ?? "ok");
                callSeconds.Add(e.DurationMs / 1000.0, e.Tool);
                break;
            case RunEnded e:
                var seconds = e.DurationMs / 1000.0;
                runs.Add(1, e.State, e.Reason ?? "", run.Source);
                foreach (var bound in bounds)
                    if (seconds <= bound) durationBuckets.Add(1, bound.ToString(CultureInfo.InvariantCulture));
                durationBuckets.Add(1, "+Inf");
                durationSum.Add(seconds);
                durationCount.Add(1);
                break;
            default: break;
        }
    }

    void Answered(ModelOptions asked, ModelAnswered e)
    {
        Asked(asked, "ok", e.DurationMs);
        tokens.Add(e.Usage?.Input ?? 0, asked.Provider, asked.Model, "input");
        tokens.Add(e.Usage?.Output ?? 0, asked.Provider, asked.Model, "output");
        if (e.CostUsd is { } usd) cost.Add((double)usd, asked.Provider, asked.Model);
        else unpriced.Add(1, asked.Provider, asked.Model);
    }

    void Asked(ModelOptions asked, string outcome, long milliseconds)
    {
        modelCalls.Add(1, asked.Provider, asked.Model, outcome);
        modelSeconds.Add(milliseconds / 1000.0, asked.Provider, asked.Model);
    }

    /// <summary>Knows which model was asked last: an answer does not name it.</summary>
    sealed class One(RunFigures figures) : IJournalListener
    {
        ModelOptions? asked;

        public void Hear(RunCreated run, JournalEntry entry)
        {
            switch (entry.Event)
            {
                case ModelRequested e: asked = e.Options; break;
                case ModelAnswered e when asked is not null: figures.Answered(asked, e); break;
                case ModelFailed e when asked is not null: figures.Asked(asked, e.Code, e.DurationMs); break;
                default: figures.Hear(run, entry); break;
            }
        }
    }
}
