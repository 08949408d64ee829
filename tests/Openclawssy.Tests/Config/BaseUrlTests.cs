using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class BaseUrlTests
{
    [Theory]
    [InlineData("https://h.test/v1", "https://h.test/v1")]
    [InlineData("https://h.test/v1///", "https://h.test/v1")]
    [InlineData("https://h.test/v1/chat/completions", "https://h.test/v1")]
    [InlineData(" https://h.test/v1/Chat/Completions/ ", "https://h.test/v1")]
    [InlineData("https://h.test", "https://h.test")]
    [InlineData("", "")]
    public void Slashes_and_the_path_of_the_call_are_taken_off(string given, string expected) => Assert.Equal(expected, BaseUrl.Normalize(given));

    [Theory]
    [InlineData("127.0.0.1", true), InlineData("::1", true), InlineData("0.0.0.0", true), InlineData("fe80::1", true)]
    [InlineData("127.1", false), InlineData("0127.0.0.1", false), InlineData("256.0.0.1", false), InlineData("localhost", false), InlineData("::1%lo", false), InlineData("[::1]", false), InlineData("", false)]
    public void Addresses_are_read_in_their_plain_spelling_only(string text, bool expected) => Assert.Equal(expected, IpText.IsAddress(text));

    [Theory]
    [InlineData("127.0.0.1", true), InlineData("localhost", true), InlineData("::1", true), InlineData("127.9.9.9", true)]
    [InlineData("127.0.0.1.evil.test", false), InlineData("localhost.evil.test", false), InlineData("loopback", false), InlineData("0.0.0.0", false), InlineData("10.0.0.1", false)]
    public void Loopback_is_what_cannot_leave_the_machine(string host, bool expected) => Assert.Equal(expected, IpText.IsLoopback(host));
}
