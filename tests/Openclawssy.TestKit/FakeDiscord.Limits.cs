using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.TestKit;

public sealed partial class FakeDiscord
{
    readonly Dictionary<string, (int Left, DateTimeOffset Until, bool IsTold)> buckets = [];

    /// <summary>Requests of one kind in one channel within <see cref="Window"/>; 0 has no limit and sends no headers.</summary>
    public int PerChannel { get; set; }

    public TimeSpan Window { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Requests that met a limit whose headers had told of it before.</summary>
    public int Exceeded { get; private set; }

    /// <param name="isTold">False when the answer, and what its headers tell, gets lost.</param>
    async Task<bool> LimitAsync(HttpContext context, FakeDiscordRequest request, bool isTold)
    {
        if (PerChannel == 0 || request.Path.Split('/') is not ["", "channels", var channel, var kind, ..]) return true;
        double after;
        bool isOver;
        lock (gate)
        {
            var now = DateTimeOffset.UtcNow;
            var key = $"{request.Method} {kind} {channel}";
            if (!buckets.TryGetValue(key, out var bucket) || bucket.Until <= now) bucket = (PerChannel, now + Window, true);
            isOver = bucket.Left == 0;
            if (!isOver) bucket = (bucket.Left - 1, bucket.Until, isTold);
            else if (bucket.IsTold) Exceeded++;
            buckets[key] = bucket;
            after = Math.Max((bucket.Until - now).TotalSeconds, 0.001);
            context.Response.Headers["X-RateLimit-Limit"] = PerChannel.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["X-RateLimit-Remaining"] = bucket.Left.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["X-RateLimit-Reset-After"] = after.ToString("0.000", CultureInfo.InvariantCulture);
            context.Response.Headers["X-RateLimit-Bucket"] = $"bucket-{request.Method}-{kind}";
        }
        if (!isOver) return true;
        WriteLimit(context, after, "user");
        await SendAsync(context, 429, new JsonObject { ["message"] = "You are being rate limited.", ["retry_after"] = after, ["global"] = false });
        return false;
    }

    internal static void WriteLimit(HttpContext context, double retryAfter, string scope)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-RateLimit-Scope"] = scope;
        if (scope == "global") context.Response.Headers["X-RateLimit-Global"] = "true";
    }
}
