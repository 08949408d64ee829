using CsCheck;
using Openclawssy.Egress;
using Xunit;

namespace Openclawssy.Tests.Egress;

public sealed class TlsGreetingTests
{
    static readonly HostName Name = HostName.Parse("a.test")!;

    static Task<byte[]> ReadAsync(byte[] bytes, HostName host) => TlsGreeting.ReadAsync(new MemoryStream(bytes), host, default);

    [Fact]
    public async Task A_greeting_by_name_is_read_and_handed_on_as_it_came()
    {
        var greeting = Greetings.For("a.test");
        Assert.Equal(greeting, await ReadAsync([.. greeting, .. "and more"u8], Name));
    }

    [Fact]
    public async Task A_greeting_spread_over_many_records_is_the_same_greeting()
    {
        var greeting = Greetings.For("a.test");
        byte[] pieces = [.. greeting[5..].Chunk(7).SelectMany(piece => (byte[])[22, 3, 1, 0, (byte)piece.Length, .. piece])];
        Assert.Equal(pieces, await ReadAsync(pieces, Name));
    }

    [Theory]
    [InlineData("b.test")]
    [InlineData("a.test.b.test")]
    [InlineData("www.a.test")]
    public async Task A_greeting_for_another_server_is_refused_by_name(string other)
    {
        var refusal = await Assert.ThrowsAsync<EgressDeniedException>(() => ReadAsync(Greetings.For(other), Name));
        Assert.Contains($"another server, \"{other}\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_must_be_greeted_by_name_and_an_address_need_not()
    {
        // The framework, like everybody, names no address.
        var nameless = Greetings.For("93.184.216.34");
        Assert.Contains("without naming a server", (await Assert.ThrowsAsync<EgressDeniedException>(() => ReadAsync(nameless, Name))).Message, StringComparison.Ordinal);
        Assert.Equal(nameless, await ReadAsync(nameless, HostName.Parse("93.184.216.34")!));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("")]
    [InlineData("\u0016\u0003\u0001\0\0")]
    [InlineData("\u0016\u0003\u0001\u0040\u0001")]
    [InlineData("\u0017\u0003\u0003\0\u0001x")]
    [InlineData("\u0016\u0003\u0001\0\u0004\u0002\0\0\0")]
    public async Task What_is_no_greeting_is_refused(string text) =>
        await Assert.ThrowsAsync<EgressDeniedException>(() => ReadAsync([.. text.Select(c => (byte)c)], Name));

    // Whatever is done to one, the answer is the bytes or a refusal, and never the bytes where the name is not in them.
    [Fact]
    public void A_damaged_greeting_never_passes_without_its_name()
    {
        var greeting = Greetings.For("a.test");
        Gen.Select(Gen.Int[0, greeting.Length - 1], Gen.Byte, Gen.Int[0, greeting.Length]).Sample((at, value, cut) =>
        {
            byte[] damaged = [.. greeting];
            damaged[at] = value;
            if (cut % 3 == 0) damaged = damaged[..cut];
            try { Assert.True(ReadAsync(damaged, Name).GetAwaiter().GetResult().AsSpan().IndexOf("a.test"u8) >= 0 || value is >= (byte)'A' and <= (byte)'Z'); }
            catch (EgressDeniedException) { }
        });
    }
}
