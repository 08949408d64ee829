using System.Text;
using CsCheck;
using Openclawssy.Runtime.Policy;
using Xunit;

namespace Openclawssy.Tests.Policy;

public sealed class ScrubbedBytesTests
{
    const string Value = "sécret-väl/ue+1";

    static readonly KnownSecrets known = KnownSecrets.InBytes([("one", Value)]);

    static readonly byte[][] forms = [Encoding.UTF8.GetBytes(Value), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Value)))];

    static byte[] Scrub(IEnumerable<byte[]> pieces)
    {
        var (scrubbed, into) = (new ScrubbedBytes(known), new List<byte>());
        foreach (var piece in pieces) into.AddRange(scrubbed.Push(piece));
        into.AddRange(scrubbed.Finish());
        return [.. into];
    }

    static readonly Gen<byte[]> noise = Gen.Byte.Array[0, 40];

    [Fact]
    public void However_it_is_cut_a_value_does_not_pass_and_everything_else_does() =>
        Gen.Select(noise, noise, Gen.Int[0, forms.Length - 1], Gen.Int[0, 200].Array[0, 6]).Sample((before, after, form, cuts) =>
        {
            byte[] whole = [.. before, .. forms[form], .. after];
            // What stands around base64 shares its last bits, so its first and last characters may stay.
            var got = Scrub(Cut(whole, cuts));
            return got.AsSpan().StartsWith(before) && got.AsSpan().EndsWith(after) && got.AsSpan().IndexOf("[secret:one]"u8) >= 0 && got.AsSpan().IndexOf(forms[form]) < 0;
        });

    [Fact]
    public void Bytes_that_hold_no_value_pass_unchanged() =>
        Gen.Select(noise, Gen.Int[0, 50].Array[0, 6]).Sample((bytes, cuts) => Scrub(Cut(bytes, cuts)).AsSpan().SequenceEqual(bytes));

    [Fact]
    public void Scrubbing_each_piece_by_itself_would_let_a_cut_value_through()
    {
        var naive = Cut(forms[0], [5]).SelectMany(piece => Encoding.Latin1.GetBytes(known.Scrub(Encoding.Latin1.GetString(piece)).Text)).ToArray();
        Assert.Equal(forms[0], naive);
    }

    static IEnumerable<byte[]> Cut(byte[] whole, int[] cuts)
    {
        int[] at = [0, .. cuts.Select(cut => Math.Min(cut, whole.Length)).Order(), whole.Length];
        return at.Zip(at.Skip(1), (from, to) => whole[from..to]);
    }
}
