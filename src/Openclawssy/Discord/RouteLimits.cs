using System.Globalization;
using System.Net.Http.Headers;

namespace Openclawssy.Discord;

/// <summary>
/// What Discord lets through, learned from the headers of its answers: one request at a time of each bucket, none while a bucket is
/// empty, none of anything while everything is closed. A bucket belongs to a kind of request and to the channel it is about.
/// </summary>
/// <param name="longest">Whoever would have to wait longer for a turn is sent away.</param>
sealed class RouteLimits(TimeProvider clock, TimeSpan longest)
{
    /// <summary>Requests a second, a little below the 50 that Discord documents.</summary>
    const int PerSecond = 45;

    const int MaxBuckets = 2000;

    // Headers are rounded, and nobody is helped by coming a moment early.
    static readonly TimeSpan slack = TimeSpan.FromMilliseconds(10);

    readonly Lock gate = new();
    readonly Dictionary<string, string> learned = new(StringComparer.Ordinal);
    readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);
    readonly Queue<TimeSpan> recent = new();

    // Times since the start, so that a clock that is set back closes nothing.
    readonly long start = clock.GetTimestamp();
    TimeSpan closedUntil;

    TimeSpan Now => clock.GetElapsedTime(start);

    /// <summary>Waits for the request's turn; dispose what it returns when the answer is there.</summary>
    /// <param name="route">The kind of request, with what it names left out.</param>
    /// <param name="about">The channel it is about.</param>
    /// <param name="isCounted">False for answers to interactions, which the limit over everything does not count.</param>
    /// <exception cref="DiscordUnavailableException">Its turn is too far away.</exception>
    public async ValueTask<Turn> EnterAsync(string route, string about, bool isCounted, CancellationToken cancellationToken)
    {
        Bucket bucket;
        lock (gate)
        {
            var key = KeyOf(learned.GetValueOrDefault(route, route), about);
            if (!buckets.TryGetValue(key, out bucket!)) buckets[key] = bucket = new();
            bucket.Wanted++;
            if (buckets.Count > MaxBuckets) ForgetIdle();
        }
        try { await bucket.Free.WaitAsync(cancellationToken); }
        catch
        {
            Leave(bucket, entered: false);
            throw;
        }
        try
        {
            while (WaitOf(bucket, isCounted) is { } wait)
            {
                if (wait > longest) throw new DiscordUnavailableException($"Discord takes no {route} for another {wait.TotalSeconds:0} s");
                await Task.Delay(wait, clock, cancellationToken);
            }
            return new(this, bucket, route, about);
        }
        catch
        {
            Leave(bucket, entered: true);
            throw;
        }
    }

    TimeSpan? WaitOf(Bucket bucket, bool isCounted)
    {
        lock (gate)
        {
            var now = Now;
            if (bucket.Remaining == 0 && bucket.Reset > now) return bucket.Reset - now;
            if (!isCounted) return null;
            if (closedUntil > now) return closedUntil - now;
            while (recent.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromSeconds(1)) recent.Dequeue();
            if (recent.Count >= PerSecond) return recent.Peek() + TimeSpan.FromSeconds(1) - now;
            recent.Enqueue(now);
            return null;
        }
    }

    void Learn(Bucket bucket, string route, string about, HttpResponseHeaders headers, TimeSpan? refusedFor, bool isGlobal)
    {
        lock (gate)
        {
            var now = Now;
            if (Text(headers, "X-RateLimit-Bucket") is { Length: > 0 and < 200 } name)
            {
                learned[route] = name;
                // Another kind of request may have found the same bucket before.
                if (!buckets.TryAdd(KeyOf(name, about), bucket)) bucket = buckets[KeyOf(name, about)];
            }
            // Relative, so that a clock that is wrong here does not matter.
            if (Number(headers, "X-RateLimit-Remaining") is { } remaining && Number(headers, "X-RateLimit-Reset-After") is { } after)
                (bucket.Remaining, bucket.Reset) = ((int)Math.Clamp(remaining, 0, int.MaxValue), now + Seconds(after) + slack);
            if (refusedFor is not { } wait) return;
            if (isGlobal) closedUntil = TimeSpan.FromTicks(Math.Max(closedUntil.Ticks, (now + wait + slack).Ticks));
            else (bucket.Remaining, bucket.Reset) = (0, now + wait + slack);
        }
    }

    void Leave(Bucket bucket, bool entered)
    {
        if (entered) bucket.Free.Release();
        lock (gate) bucket.Wanted--;
    }

    void ForgetIdle()
    {
        var now = Now;
        foreach (var (key, _) in buckets.Where(known => known.Value.Wanted == 0 && known.Value.Reset <= now).ToList()) buckets.Remove(key);
    }

    static string KeyOf(string bucket, string about) => $"{bucket} {about}";

    public static double? Number(HttpResponseHeaders headers, string name) =>
        double.TryParse(Text(headers, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    public static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400));

    public sealed class Bucket
    {
        public SemaphoreSlim Free { get; } = new(1, 1);
        public int Remaining { get; set; } = int.MaxValue;
        public TimeSpan Reset { get; set; }
        public int Wanted { get; set; }
    }

    /// <summary>A request's turn in its bucket.</summary>
    public sealed class Turn(RouteLimits limits, Bucket bucket, string route, string about) : IDisposable
    {
        /// <param name="refusedFor">Of a refusal: how long it asks to wait.</param>
        /// <param name="isGlobal">It is about every request.</param>
        public void Learn(HttpResponseHeaders headers, TimeSpan? refusedFor = null, bool isGlobal = false) => limits.Learn(bucket, route, about, headers, refusedFor, isGlobal);

        public void Dispose() => limits.Leave(bucket, entered: true);
    }
}
