using Openclawssy.Discord;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("wss://gateway-us-east1-b.discord.gg", "wss://gateway-us-east1-b.discord.gg/")]
    [InlineData("wss://gateway-us-east1-b.discord.gg/?x=1", "wss://gateway-us-east1-b.discord.gg/")]
    [InlineData("wss://GATEWAY.discord.gg", "wss://gateway.discord.gg/")]
    [InlineData("wss://evil.test", "wss://gateway.discord.gg/")]
    [InlineData("wss://discord.gg.evil.test", "wss://gateway.discord.gg/")]
    [InlineData("wss://a.b.discord.gg", "wss://gateway.discord.gg/")]
    [InlineData("wss://evildiscord.gg", "wss://gateway.discord.gg/")]
    [InlineData("wss://gateway.discord.gg:444", "wss://gateway.discord.gg/")]
    [InlineData("wss://x@gateway-1.discord.gg", "wss://gateway.discord.gg/")]
    [InlineData("ws://gateway-1.discord.gg", "wss://gateway.discord.gg/")]
    [InlineData("nonsense", "wss://gateway.discord.gg/")]
    [InlineData(null, "wss://gateway.discord.gg/")]
    public void A_session_goes_on_where_Discord_says_only_in_Discords_own_house(string? told, string used) =>
        Assert.Equal(used, GatewayAddress.ToResume(new("wss://gateway.discord.gg"), told).AbsoluteUri);

    [Fact]
    public void An_address_has_no_neighbours() => Assert.Equal("ws://127.0.0.1:5000/", GatewayAddress.ToResume(new("ws://127.0.0.1:5000"), "ws://10.0.0.1:5000").AbsoluteUri);

    // The control: whatever the server says, and whatever ends like it.
    [Fact]
    public void Looser_rules_would_send_the_token_away()
    {
        Assert.EndsWith("discord.gg", new Uri("wss://evildiscord.gg").Host, StringComparison.Ordinal);
        Assert.NotEqual("evildiscord.gg", GatewayAddress.ToResume(new("wss://gateway.discord.gg"), "wss://evildiscord.gg").Host);
    }
}
