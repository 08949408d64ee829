using System.Net;
using System.Numerics;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    // An address of the house inside one of the world.
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0:0:0:0:0:ffff:7f00:1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:4136:e378:8000:63bf:80ff:fffe")]
    [InlineData("2606:4700::5efe:10.0.0.1")]
    [InlineData("2606:4700::200:5efe:127.0.0.1")]
    public void An_address_that_is_somebody_s_own_is_special(string address) => Assert.NotNull(AddressRules.Special(IPAddress.Parse(address)));

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    public void An_address_of_the_public_network_is_not(string address) => Assert.Null(AddressRules.Special(IPAddress.Parse(address)));

    [Fact]
    public void Every_published_special_range_is_special_to_its_edges()
    {
        var corpus = Corpora.Find("ssrf");
        if (corpus is null) Assert.Skip(Corpora.Absent);
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(corpus, "special-purpose-ranges.json")));
        var ranges = file.RootElement.GetProperty("recommendedV1").EnumerateArray().Select(range => IPNetwork.Parse(range.GetString()!)).ToList();
        Assert.True(ranges.Count > 30);
        foreach (var range in ranges)
            foreach (var address in new[] { range.BaseAddress, Last(range) })
                Assert.True(AddressRules.Special(address) is not null, $"{address} of {range}");
    }

    [Fact]
    public void A_list_without_embedded_addresses_misses_them()
    {
        // The negative control: what a check of the ranges alone, without ::/96, lets through.
        static bool Naive(IPAddress address) => IPAddress.IsLoopback(address) || IPNetwork.Parse("10.0.0.0/8").Contains(address);
        Assert.False(Naive(IPAddress.Parse("::127.0.0.1")));
        Assert.False(Naive(IPAddress.Parse("2606:4700::5efe:10.0.0.1")));
        Assert.False(Naive(IPAddress.Parse("0.0.0.0")));
    }

    static IPAddress Last(IPNetwork range)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        var value = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) | ((BigInteger.One << (bytes.Length * 8 - range.PrefixLength)) - 1);
        var last = new byte[bytes.Length];
        var written = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(last, last.Length - written.Length);
        return new(last);
    }
}
