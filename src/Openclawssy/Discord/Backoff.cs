using System.Buffers.Binary;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>How long to wait before the next attempt: a random part of a time that doubles up to a limit.</summary>
sealed class Backoff(TimeSpan first, TimeSpan longest, Randomness chance)
{
    public TimeSpan After(int failures) => Growing(failures) * (0.5 + Fraction(chance) / 2);

    TimeSpan Growing(int failures)
    {
        var wait = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return wait < longest ? wait : longest;
    }

    /// <summary>From 0 to just below 1.</summary>
    public static double Fraction(Randomness chance)
    {
        Span<byte> bytes = stackalloc byte[8];
        chance(bytes);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }
}
