namespace Openclawssy.Runtime.Context;

/// <summary>
/// How much of a model's window a request may take. What is left is room for the answer, so that there is always one more turn.
/// Counts of the server correct the estimate; a server that refuses a request as too long halves the budget.
/// </summary>
public sealed class ContextBudget
{
    // No estimate is wrong by more than this; what a server counts beyond it is not believed.
    const double LeastCorrection = 0.5, MostCorrection = 4;

    /// <summary>Halving more often leaves nothing of any window.</summary>
    public const int MaxHalvings = 16;

    readonly long room, tools;
    double correction = 1;
    int halvings;

    /// <param name="window">Tokens the model can hold, question and answer together.</param>
    /// <param name="maxAnswer">Longest answer that is asked for, in tokens. At most half of the window is kept free for it.</param>
    /// <param name="tools">Tokens of what the model is told about tools, estimated.</param>
    public ContextBudget(long window, long maxAnswer, long tools)
    {
        (Window, this.tools) = (window, tools);
        // A fiftieth is left for what no estimate sees: templates, special tokens.
        room = Math.Max(1, window - Math.Min(maxAnswer, window / 2) - window / 50 - tools);
    }

    public long Window { get; }

    /// <summary>Most that messages may take, in estimated tokens.</summary>
    public long Room => Math.Max(1, (long)(room / correction) >> halvings);

    /// <summary>Where making room begins; it leaves enough that it does not begin anew with each turn.</summary>
    public long Full => Room * 8 / 10;

    /// <summary>How far is made room.</summary>
    public long Wanted => Room / 2;

    /// <summary>Most that one result may take.</summary>
    public long OneResult => Room / 4;

    /// <summary>What the server counted for a whole request, beside what was estimated for its messages.</summary>
    public void Learn(long? counted, long estimated)
    {
        if (counted is not > 0 || estimated <= 0) return;
        var found = (double)counted.Value / (estimated + tools);
        if (found is >= LeastCorrection and <= MostCorrection) correction = found;
    }

    /// <summary>The server refused what the budget allowed.</summary>
    public void Halve() => halvings = Math.Min(halvings + 1, MaxHalvings);
}
