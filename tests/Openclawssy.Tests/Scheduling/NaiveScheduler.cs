using Openclawssy.Runtime.Scheduling;

namespace Openclawssy.Tests.Scheduling;

/// <summary>What one writes first: what is due is reckoned from the last look by the clock, and noted when it was done.</summary>
sealed class NaiveScheduler
{
    DateTimeOffset? last;

    public void Look(Schedule plan, DateTimeOffset begin, DateTimeOffset now, Action start)
    {
        if (plan.Last(last ?? DateTimeOffset.MinValue, now, begin) is not null) start();
        last = now;
    }

    /// <summary>Starts every instant since the last look, wherever the clock was.</summary>
    public void Look(Schedule plan, DateTimeOffset begin, DateTimeOffset now, Action<DateTimeOffset> start)
    {
        if (plan.Last((last ?? now).AddSeconds(-1), now, begin) is { } instant) start(instant);
        last = now;
    }
}
