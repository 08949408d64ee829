using CsCheck;
using Openclawssy.Runtime.Config;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigPathTests
{
    [Fact]
    public void Names_that_are_not_plain_stand_in_brackets() =>
        Assert.Equal(["providers", "zai", "prices", "GLM-4.7", "input"], ConfigPath.Parse("providers.zai.prices[\"GLM-4.7\"].input").Segments);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a[b]")]
    [InlineData("a[\"b")]
    [InlineData("a[\"b\"")]
    [InlineData("a[\"\"]")]
    [InlineData("a[\"b\"]c")]
    [InlineData("a.[\"b\"]")]
    [InlineData("a[\"b\\")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q")]
    public void What_is_no_path_is_refused(string text) => Assert.Throws<FormatException>(() => ConfigPath.Parse(text));

    [Fact]
    public void A_path_is_read_as_it_was_written() => Gen.String[1, 20].Array[1, 16].Sample(
        names => Assert.Equal(names, ConfigPath.Parse(ConfigPath.Of(names).ToString()).Segments), iter: Campaign.Scale(500, 20_000));

    [Fact]
    public void Any_text_is_a_path_or_refused() => Gen.String[Gen.OneOf('a', '.', '[', ']', '"', '\\', ' '), 0, 12].Sample(text =>
    {
        try { Assert.NotEmpty(ConfigPath.Parse(text).Segments); }
        catch (FormatException) { }
    }, iter: Campaign.Scale(1_000, 50_000));
}
