using System.Text;
using CsCheck;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class EgressPolicyTests
{
    static readonly NetworkConfig Listed = new()
    {
        Enabled = true,
        AllowedDomains = ["example.com", "*.wild.example", ".dot.example", "http://plain.example", "port.example:8443", "http://both.example:8080", "10.0.0.5", "[2606:4700::1]:444", "münchen.example", "localhost"],
    };

    [Theory]
    [InlineData("https://example.com/x", AddressScope.Public)]
    [InlineData("https://EXAMPLE.com:443/", AddressScope.Public)]
    [InlineData("https://a.wild.example/", AddressScope.Public)]
    [InlineData("https://b.a.wild.example/", AddressScope.Public)]
    [InlineData("https://x.dot.example/", AddressScope.Public)]
    [InlineData("http://plain.example/", AddressScope.Public)]
    [InlineData("https://plain.example/", AddressScope.Public)]
    [InlineData("https://port.example:8443/", AddressScope.Public)]
    [InlineData("http://both.example:8080/", AddressScope.Public)]
    [InlineData("https://10.0.0.5/", AddressScope.Written)]
    [InlineData("https://[2606:4700::1]:444/", AddressScope.Written)]
    [InlineData("https://xn--mnchen-3ya.example/", AddressScope.Public)]
    [InlineData("https://MÜNCHEN.example/", AddressScope.Public)]
    public void What_is_listed_is_reached(string url, object scope) => Assert.Equal((AddressScope)scope, EgressPolicy.Of(Listed).Allow(new(url)).Scope);

    [Theory]
    [InlineData("https://notexample.com/", "adds \"notexample.com\"")]
    [InlineData("https://example.com.evil.test/", "network.allowed_domains")]
    [InlineData("https://sub.example.com/", "adds \"sub.example.com\"")]
    [InlineData("https://wild.example/", "adds \"wild.example\"")]
    [InlineData("https://evilwild.example/", "network.allowed_domains")]
    [InlineData("http://example.com/", "adds \"http://example.com\"")]
    [InlineData("https://example.com:8443/", "adds \"example.com:8443\"")]
    [InlineData("https://port.example/", "adds \"port.example\"")]
    [InlineData("https://10.0.0.6/", "a private network")]
    [InlineData("https://[::ffff:10.0.0.6]/", "a private network")]
    [InlineData("https://example.com./", "plain name")]
    [InlineData("https://exa_mple.com/", "plain name")]
    [InlineData("https://user@example.com/", "user name")]
    [InlineData("ftp://example.com/", "https and http")]
    [InlineData("https://localhost/", "network.allow_localhosts")]
    [InlineData("http://x.localhost:1/", "network.allow_localhosts")]
    [InlineData("http://127.0.0.1:1/", "network.allow_localhosts")]
    [InlineData("http://0x7f.1/", "network.allow_localhosts")]
    [InlineData("http://[::1]/", "network.allow_localhosts")]
    [InlineData("http://0.0.0.0/", "network.allow_localhosts")]
    [InlineData("http://127。0。0。1/", "network.allow_localhosts")]
    public void What_is_not_is_refused_and_the_refusal_says_what_to_write(string url, string expected) =>
        Assert.Contains(expected, Assert.Throws<EgressDeniedException>(() => EgressPolicy.Of(Listed).Allow(new(url))).Message, StringComparison.Ordinal);

    [Fact]
    public void Off_is_off_whatever_is_listed() =>
        Assert.Contains("network.enabled", Assert.Throws<EgressDeniedException>(() => EgressPolicy.Of(Listed with { Enabled = false }).Allow(new("https://example.com/"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://model_server:11434/v1")]
    [InlineData("http://10.0.0.9:1/v1")]
    [InlineData("http://localhost:1/v1")]
    [InlineData("https://models.test/v1")]
    public void A_server_the_operator_configured_is_reached_wherever_it_is_and_nothing_beside_it(string origin)
    {
        var policy = EgressPolicy.Only(new(origin));
        Assert.Equal(AddressScope.Configured, policy.Allow(new(origin + "/chat")).Scope);
        foreach (var elsewhere in new[] { "https://models.test:444/", "http://models.test/", "http://10.0.0.9/", "http://localhost:2/", "http://model_server/" })
            Assert.Throws<EgressDeniedException>(() => policy.Allow(new(elsewhere)));
    }

    [Fact]
    public void By_default_nothing_is_reached() =>
        Assert.Throws<EgressDeniedException>(() => EgressPolicy.Of(new()).Allow(new("https://example.com/")));

    [Fact]
    public void Localhost_is_this_machine_and_no_address_in_disguise()
    {
        var policy = EgressPolicy.Of(new() { Enabled = true, AllowLocalhosts = true });
        foreach (var url in new[] { "http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://x.localhost/", "http://[::ffff:127.0.0.1]/" })
            Assert.Equal(AddressScope.Loopback, policy.Allow(new(url)).Scope);
        Assert.Throws<EgressDeniedException>(() => policy.Allow(new("http://[::127.0.0.1]/")));
        Assert.Throws<EgressDeniedException>(() => policy.Allow(new("http://localhost.evil.test/")));
    }

    [Fact]
    public void A_naive_suffix_check_would_let_them_in()
    {
        // The negative control.
        static bool Naive(string host) => host.EndsWith("example.com", StringComparison.Ordinal) || host.EndsWith("wild.example", StringComparison.Ordinal);
        Assert.True(Naive("notexample.com"));
        Assert.True(Naive("evilwild.example"));
    }

    [Fact]
    public void Every_entry_the_configuration_takes_is_understood_as_a_rule()
    {
        var words = Gen.OneOf("example.com", "a", "x-y.test", "10.0.0.1", "[2606:4700::1]", "2606:4700::1", "münchen.example", "A.B", "-a.test", "a_b.test", "1", "a.1", "");
        Gen.Select(Gen.OneOf("", "http://", "https://"), Gen.OneOf("", "*.", "."), words, Gen.OneOf("", ":1", ":0", ":65536", ":443", "/x")).Sample(parts =>
        {
            var entry = parts.Item1 + parts.Item2 + parts.Item3 + parts.Item4;
            var taken = ConfigFile.Load(Encoding.UTF8.GetBytes("{\"network\": {\"allowed_domains\": [\"" + entry + "\"]}}"), "config.json").Config is not null;
            Assert.True(!taken || HostRule.Parse(entry) is not null, entry);
        }, iter: 500);
    }
}
