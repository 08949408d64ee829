namespace Openclawssy.Egress;

/// <summary>Ends a wait when a server sends nothing for too long, or when one of the outer limits ends it.</summary>
sealed class Silence : IDisposable
{
    readonly CancellationTokenSource source;
    readonly ITimer timer;
    readonly TimeSpan limit;

    public Silence(TimeSpan limit, TimeProvider clock, params CancellationToken[] outer)
    {
        this.limit = limit;
        source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        timer = clock.CreateTimer(_ => { HasFired = true; source.Cancel(); }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    public bool HasFired { get; private set; }

    public void Start() => timer.Change(limit, Timeout.InfiniteTimeSpan);

    public void Stop() => timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the wait now.</summary>
    public void End() => source.Cancel();

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }
}
