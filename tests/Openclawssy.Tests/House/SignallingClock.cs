using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Openclawssy.Tests.House;

/// <summary>A clock that stands still until it is moved, and tells of each wait that is begun on it.</summary>
sealed class SignallingClock() : FakeTimeProvider(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
{
    readonly Channel<TimeSpan> begun = Channel.CreateUnbounded<TimeSpan>();
    Task<TimeSpan>? pending;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // Idle timers are made at rest and no wait.
        if (dueTime > TimeSpan.Zero) begun.Writer.TryWrite(dueTime);
        return timer;
    }

    public Task<TimeSpan> NextWaitAsync()
    {
        var next = pending ?? begun.Reader.ReadAsync().AsTask();
        pending = null;
        return next;
    }

    /// <summary>Lets every wait pass at once until the work is done, and says how long each was.</summary>
    public async Task<IReadOnlyList<TimeSpan>> PassAsync(Task work)
    {
        List<TimeSpan> waits = [];
        var next = NextWaitAsync();
        while (await Task.WhenAny(work, next) == next)
        {
            waits.Add(await next);
            Advance(waits[^1] + TimeSpan.FromMilliseconds(1));
            next = NextWaitAsync();
        }
        pending = next;
        return waits;
    }
}
