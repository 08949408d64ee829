using System.Collections.Concurrent;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>Which run a reaction to a message would stop, and who may: the person it works for.</summary>
/// <param name="cancel">Wishes a run's end, and says whether it reached it.</param>
sealed class RunStops(Func<RunId, string, bool> cancel)
{
    public const string Sign = "❌";

    readonly ConcurrentDictionary<string, (RunId Run, string User)> runs = new(StringComparer.Ordinal);

    public void Know(string message, RunId run, string user) => runs[message] = (run, user);

    public void Forget(string? message)
    {
        if (message is not null) runs.TryRemove(message, out _);
    }

    public bool React(string message, string user, string emoji) =>
        emoji == Sign && runs.TryGetValue(message, out var known) && known.User == user && cancel(known.Run, $"discord/{user}");
}
