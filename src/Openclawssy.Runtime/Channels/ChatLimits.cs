namespace Openclawssy.Runtime.Channels;

/// <summary>
/// How many messages were let through in the last minute, by sender and altogether: a window that slides, so that no moment lets
/// twice as many through. A message that is refused is not counted. What it remembers is bounded.
/// </summary>
sealed class ChatLimits(TimeProvider clock, int maxSenders = ChatLimits.MaxSenders)
{
    public const string Sender = "sender", Global = "global";

    /// <summary>Senders that are remembered at once; beyond, the one that was quiet longest is forgotten.</summary>
    public const int MaxSenders = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    readonly Lock gate = new();
    readonly Dictionary<string, Log> senders = new(ChatAllowlist.Names);
    // The one that was let through last stands last.
    readonly LinkedList<Log> byTime = [];
    readonly Queue<long> all = new();

    /// <summary>How many senders are remembered.</summary>
    public int Remembered { get { lock (gate) return senders.Count; } }

    /// <summary>Lets a message through and counts it, or says which limit it met and how long that lasts.</summary>
    public (string Scope, TimeSpan Wait)? Admit(string credential, string user, int perMinute, int globalPerMinute)
    {
        // The program names credentials, without line breaks: two pairs are never one key.
        var key = $"{credential}\n{user.Trim()}";
        lock (gate)
        {
            var now = clock.GetTimestamp();
            Forget(now);
            var log = senders.GetValueOrDefault(key);
            if (log is not null)
            {
                Expire(log.Times, now);
                if (WaitFor(log.Times, perMinute, now) is { } own) return (Sender, own);
            }
            if (WaitFor(all, globalPerMinute, now) is { } everybody) return (Global, everybody);

            if (log is null)
            {
                if (senders.Count >= maxSenders) Drop(byTime.First!.Value);
                senders[key] = log = new(key);
            }
            else byTime.Remove(log.Place);
            log.Times.Enqueue(now);
            all.Enqueue(now);
            byTime.AddLast(log.Place);
            return null;
        }
    }

    // With a limit that was lowered meanwhile more may stand in the log than fit: then the one that must leave is not the first.
    TimeSpan? WaitFor(Queue<long> times, int limit, long now)
    {
        if (times.Count < limit) return null;
        var leaving = times.ElementAt(times.Count - Math.Max(limit, 1));
        var wait = Window - clock.GetElapsedTime(leaving, now);
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;
    }

    void Forget(long now)
    {
        Expire(all, now);
        while (byTime.First is { Value: var quiet })
        {
            Expire(quiet.Times, now);
            if (quiet.Times.Count > 0) break;
            Drop(quiet);
        }
    }

    void Expire(Queue<long> times, long now)
    {
        while (times.TryPeek(out var first) && IsOver(first, now)) times.Dequeue();
    }

    bool IsOver(long then, long now) => clock.GetElapsedTime(then, now) >= Window;

    void Drop(Log log)
    {
        byTime.Remove(log.Place);
        senders.Remove(log.Key);
    }

    sealed class Log
    {
        public Log(string key) => (Key, Place) = (key, new(this));

        public string Key { get; }
        public Queue<long> Times { get; } = new();
        public LinkedListNode<Log> Place { get; }
    }
}
