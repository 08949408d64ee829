using System.Diagnostics;
using Openclawssy.Gateway.Tokens;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Gateway;

/// <summary>
/// Whether the time a comparison takes tells how much of a token is right: Welch's t over interleaved measurements, the slowest tenth
/// left out. Time is measured in `make campaign` alone; `make test` looks at what the comparison is made of (GuessLimitTests).
/// </summary>
public sealed class TokenTimingTests
{
    const double Limit = 4.5;

    [Fact]
    public void How_much_of_a_token_is_right_does_not_show_in_time()
    {
        if (!Campaign.IsFull) Assert.Skip("measures time; `make campaign` runs it");
        var text = BearerToken.NewText();
        var token = BearerToken.Of(text);
        var (near, far) = (text[..^1] + (text[^1] == 'a' ? 'b' : 'a'), (text[0] == 'a' ? 'b' : 'a') + text[1..]);
        var t = TOf(token.Accepts, near, far);
        // The control leaves at the first difference.
        var naive = TOf(presented =>
        {
            for (var i = 0; i < text.Length; i++)
                if (i >= presented.Length || presented[i] != text[i]) return false;
            return presented.Length == text.Length;
        }, near, far);
        TestContext.Current.SendDiagnosticMessage($"t = {t:0.00}; of the control {naive:0.00}; seed {Campaign.Seed}");
        Assert.True(Math.Abs(naive) > Limit, $"the control was not caught: t = {naive:0.00}");
        Assert.True(Math.Abs(t) < Limit, $"t = {t:0.00}");
    }

    static double TOf(Func<string, bool> accepts, string near, string far)
    {
        const int Samples = 10_000, Batch = 50;
        var random = new Random(Campaign.Seed);
        var (nears, fars) = (new List<double>(Samples), new List<double>(Samples));
        for (var i = 0; i < 2000; i++) _ = accepts(near) | accepts(far);
        while (nears.Count < Samples || fars.Count < Samples)
        {
            var isNear = random.Next(2) == 0;
            var presented = isNear ? near : far;
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Batch; i++) _ = accepts(presented);
            (isNear ? nears : fars).Add(Stopwatch.GetTimestamp() - began);
        }
        var limit = nears.Concat(fars).Order().ElementAt((nears.Count + fars.Count) * 9 / 10);
        var (a, b) = (nears.Where(time => time <= limit).ToList(), fars.Where(time => time <= limit).ToList());
        return (a.Average() - b.Average()) / Math.Sqrt(Variance(a) / a.Count + Variance(b) / b.Count);

        static double Variance(List<double> times)
        {
            var mean = times.Average();
            return times.Sum(time => (time - mean) * (time - mean)) / (times.Count - 1);
        }
    }
}
