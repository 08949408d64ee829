using Openclawssy.Runtime.Secrets;
using Xunit;

namespace Openclawssy.Tests.Secrets;

public sealed class SecretBindingTests
{
    [Theory]
    [InlineData("API.Example.com", "api.example.com")]
    [InlineData("api.example.com:443", "api.example.com")]
    [InlineData("api.example.com:8443", "api.example.com:8443")]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    public void A_host_has_one_spelling_and_the_request_to_it_the_same(string typed, string host)
    {
        var binding = SecretBinding.Of([typed], "Authorization");
        Assert.Equal([host], binding.Hosts);
        Assert.True(binding.Allows(new(new Uri($"{(host.EndsWith(":80", StringComparison.Ordinal) ? "http" : "https")}://{typed}/v1/chat"), "AUTHORIZATION")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*.example.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("user@example.com")]
    [InlineData("example.com:99999")]
    [InlineData("example.com evil.example")]
    [InlineData("example.com\nevil.example")]
    [InlineData("example.com#")]
    [InlineData("a?b")]
    public void What_is_no_host_is_refused(string typed) =>
        Assert.Equal(SecretErrorCodes.Invalid, Assert.Throws<SecretException>(() => SecretBinding.Of([typed], "Authorization")).Code);

    [Theory]
    [InlineData("")]
    [InlineData("X Key")]
    [InlineData("X-Key:")]
    [InlineData("X-Key\r\nEvil")]
    public void What_is_no_header_is_refused(string header) => Assert.Throws<SecretException>(() => SecretBinding.Of(["example.com"], header));

    [Theory]
    [InlineData("https://api.example.com.evil.example/")]
    [InlineData("https://evil.example/api.example.com")]
    [InlineData("https://api.example.com:8443/")]
    [InlineData("http://api.example.com/")]
    [InlineData("https://xapi.example.com/")]
    public void Nothing_that_only_looks_like_the_host_is_allowed(string address)
    {
        var binding = SecretBinding.Of(["api.example.com"], "Authorization");
        Assert.False(binding.Allows(new(new Uri(address), "Authorization")));
        // The negative control: the comparisons people write instead let each of them through.
        Assert.True(new Uri(address).AbsoluteUri.Contains("api.example.com", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1ST")]
    [InlineData("A B")]
    [InlineData("A=B")]
    [InlineData("$A")]
    public void What_is_no_variable_is_refused(string name) => Assert.Throws<SecretException>(() => SecretBinding.Of([], "Authorization", [name]));

    [Fact]
    public void A_variable_is_no_host_and_a_host_no_variable()
    {
        var both = SecretBinding.Of(["api.example.com"], "X-Key", ["TOKEN"]);
        Assert.True(both.AllowsVariable("TOKEN"));
        Assert.False(both.AllowsVariable("token"));
        Assert.False(both.AllowsVariable("api.example.com"));
        Assert.False(both.Allows(new("$TOKEN", "X-Key")));
        Assert.False(both.Allows(new("TOKEN", "X-Key")));
        Assert.Equal("api.example.com (X-Key), the variable TOKEN of commands", both.ToString());
        Assert.Equal(both, SecretBinding.OfPlaces(both.Places, both.Header));
        // Nobody gets a variable by naming a host like one.
        Assert.Throws<SecretException>(() => SecretBinding.Of(["$TOKEN"], "Authorization"));
    }

    [Fact]
    public void There_are_one_to_sixteen_hosts()
    {
        Assert.Throws<SecretException>(() => SecretBinding.Of([], "Authorization"));
        Assert.Throws<SecretException>(() => SecretBinding.Of(Enumerable.Range(0, 17).Select(i => $"h{i}.example"), "Authorization"));
        Assert.Equal(["a.example", "b.example"], SecretBinding.Of(["b.example", "a.example", "B.example"], "Authorization").Hosts);
    }
}
