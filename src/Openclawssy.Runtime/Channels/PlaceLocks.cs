using Openclawssy.Runtime.Sessions;

namespace Openclawssy.Runtime.Channels;

/// <summary>One message of a place at a time, in the order they came. Places nobody waits for are forgotten.</summary>
sealed class PlaceLocks
{
    readonly Dictionary<SessionPlace, Entry> places = [];

    public int Count { get { lock (places) return places.Count; } }

    public async ValueTask<Held> EnterAsync(SessionPlace place, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (places)
        {
            if (!places.TryGetValue(place, out entry!)) places[place] = entry = new();
            entry.Wanted++;
        }
        try
        {
            await entry.Free.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(place, entry);
            throw;
        }
        return new(this, place, entry);
    }

    void Leave(SessionPlace place, Entry entry)
    {
        lock (places)
            if (--entry.Wanted == 0) places.Remove(place);
    }

    public sealed class Entry
    {
        public SemaphoreSlim Free { get; } = new(1, 1);
        public int Wanted { get; set; }
    }

    /// <summary>The right to act for a place, until it is disposed.</summary>
    public sealed class Held(PlaceLocks locks, SessionPlace place, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Free.Release();
            locks.Leave(place, entry);
        }
    }
}
