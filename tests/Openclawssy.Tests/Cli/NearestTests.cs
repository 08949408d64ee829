using Openclawssy.Cli;
using Xunit;

namespace Openclawssy.Tests.Cli;

public sealed class NearestTests
{
    [Theory]
    [InlineData("asl", "ask")]
    [InlineData("doctro", "doctor")]
    [InlineData("conf", "config")]
    [InlineData("INIT", "init")]
    [InlineData("serve", null)]
    [InlineData("x", null)]
    public void A_slip_finds_its_word_and_a_stranger_finds_none(string typed, string? meant) => Assert.Equal(meant, Nearest.To(typed, ["init", "ask", "doctor", "config", "version"]));
}
