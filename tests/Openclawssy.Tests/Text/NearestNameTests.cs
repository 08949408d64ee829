using CsCheck;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class NearestNameTests
{
    static readonly string[] Sections = ["network", "shell", "sandbox", "server", "engine", "model", "providers", "max_tokens", "temperature"];

    [Theory]
    [InlineData("modle", "model")]
    [InlineData("Model", "model")]
    [InlineData("provider", "providers")]
    [InlineData("max-tokens", "max_tokens")]
    [InlineData("maxtokens", "max_tokens")]
    [InlineData("temp", "temperature")]
    [InlineData("nework", "network")]
    public void A_slip_of_the_fingers_is_understood(string given, string meant) => Assert.Equal(meant, NearestName.Find(given, Sections));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("database")]
    [InlineData("s")]
    public void What_is_far_from_everything_gets_no_guess(string given) => Assert.Null(NearestName.Find(given, Sections));

    [Fact]
    public void A_hint_can_be_put_at_the_end_of_a_sentence()
    {
        Assert.Equal("; did you mean \"shell\"?", NearestName.Hint("shel", Sections));
        Assert.Equal("", NearestName.Hint("zzzzzz", Sections));
    }

    [Fact]
    public void Any_text_is_compared_without_fault() =>
        Gen.String[0, 200].Sample(text => { _ = NearestName.Find(text, [.. Sections, text]); }, iter: Campaign.Scale(300, 20_000));

    [Fact]
    public void A_known_name_finds_itself() => Assert.All(Sections, name => Assert.Equal(name, NearestName.Find(name, Sections)));
}
