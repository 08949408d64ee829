using System.Collections.Concurrent;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// Which models failed a moment ago, so that the next requests do not each wait for the same failure again. Known to one process;
/// a new one begins with all awake.
/// </summary>
sealed class RestingModels(TimeProvider clock)
{
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    /// <summary>A server that asks for a longer pause gets it, up to this.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    readonly ConcurrentDictionary<WireTarget, (long Since, TimeSpan For, string Code)> resting = new();

    public void Begin(WireTarget target, ModelException failure)
    {
        var asked = failure.RetryAfter ?? Rest;
        resting[target] = (clock.GetTimestamp(), asked < Rest ? Rest : asked > LongestRest ? LongestRest : asked, failure.Code);
    }

    public void End(WireTarget target) => resting.TryRemove(target, out _);

    /// <summary>How long the model is still left alone and why, or null when it is awake.</summary>
    public (TimeSpan Left, string Code)? Of(WireTarget target) =>
        resting.TryGetValue(target, out var rest) && rest.For - clock.GetElapsedTime(rest.Since) is var left && left > TimeSpan.Zero ? (left, rest.Code) : null;
}
