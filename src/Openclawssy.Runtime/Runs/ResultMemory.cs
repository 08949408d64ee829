using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// The results of this run that may answer an identical call again: of pure reads only, and only while nothing ran that could
/// change them. A failure is never kept, and neither is what the clock or the records of other runs say.
/// </summary>
/// <param name="changes">Counts the changes any run of this process made to the workspace.</param>
sealed class ResultMemory(Func<long> changes)
{
    readonly Dictionary<string, (Kept Result, long Changes)> results = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    public static bool MayReuse(Tool tool) => Effects.Of(tool.Reach) == Effect.PureRead && (tool.Reach & (Reach.Clock | Reach.Records)) == 0;

    /// <summary>To be taken before a call runs: what changes while it runs makes its result old.</summary>
    public long Now => changes();

    public Kept? Find(string signature)
    {
        lock (gate) return results.TryGetValue(signature, out var found) && found.Changes == changes() ? found.Result : null;
    }

    public void Keep(string signature, Kept result, long before)
    {
        lock (gate) results[signature] = (result, before);
    }

    /// <summary>Something with an effect is about to run: nothing counts any more.</summary>
    public void Forget()
    {
        lock (gate) results.Clear();
    }

    /// <param name="Seq">The event that holds it.</param>
    /// <param name="Result">Its digest.</param>
    public sealed record Kept(long Seq, string Result, string? Summary);
}
