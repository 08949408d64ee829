using System.Globalization;

namespace Openclawssy.Runtime.Text;

/// <summary>Fills a span with unpredictable bytes. Injected, so that a run can be replayed and a test can choose.</summary>
public delegate void Randomness(Span<byte> bytes);

/// <summary>Makes new identifiers from an injected clock and injected randomness.</summary>
public sealed class Ids(TimeProvider clock, Randomness randomness)
{
    /// <summary><c>run_</c>, milliseconds since 1970 and 40 random bits: sorts by time, does not collide on a coarse clock.</summary>
    public RunId NewRun() => RunId.Parse(Sortable("run"));

    /// <summary><c>chat_</c>, milliseconds since 1970 and 40 random bits, as for a run.</summary>
    public SessionId NewSession() => SessionId.Parse(Sortable("chat"));

    /// <summary><c>job_</c>, milliseconds since 1970 and 40 random bits, as for a run.</summary>
    public JobId NewJob() => JobId.Parse(Sortable("job"));

    string Sortable(string kind)
    {
        Span<byte> chance = stackalloc byte[5];
        randomness(chance);
        return string.Create(CultureInfo.InvariantCulture, $"{kind}_{clock.GetUtcNow().ToUnixTimeMilliseconds():D13}_{Convert.ToHexStringLower(chance)}");
    }

    /// <summary>A random name of 128 bits in lower-case hex, for things only this program reads.</summary>
    public string NewName()
    {
        Span<byte> chance = stackalloc byte[16];
        randomness(chance);
        return Convert.ToHexStringLower(chance);
    }
}
