using CsCheck;

namespace Openclawssy.Tests.House;

/// <summary>A text cut into the pieces of a stream.</summary>
static class Cutting
{
    public static Gen<int[]> Lengths { get; } = Gen.Int[1, 9].Array[1, 12];

    public static IEnumerable<string> Of(string text, int[] lengths)
    {
        for (int at = 0, i = 0; at < text.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
