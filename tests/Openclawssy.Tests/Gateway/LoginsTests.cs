using System.Net;
using Openclawssy.Gateway.Doors;
using Xunit;

namespace Openclawssy.Tests.Gateway;

public sealed class LoginsTests
{
    readonly List<string> records = [];
    readonly List<string> reported = [];

    Logins Of(bool broken = false) => new((actor, happened, from) => { if (broken) throw new IOException("disk"); records.Add($"{actor} {happened} {from}"); }, (where, problem) => reported.Add($"{where}: {problem.Message}"));

    [Fact]
    public async Task The_first_time_of_each_token_and_address_is_recorded_and_no_other()
    {
        var logins = Of();
        for (var i = 0; i < 3; i++)
            foreach (var address in new[] { "127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1" })
                foreach (var credential in new[] { "token:1", "token:2" }) logins.Came(credential, IPAddress.Parse(address));
        logins.Reached(GuessLock.OfOne, IPAddress.Parse("192.0.2.1"));
        logins.Reached(GuessLock.OfAll, IPAddress.Parse("192.0.2.2"));
        await logins.WrittenAsync();
        Assert.Equal(
            ["operator token:1 login.succeeded 127.0.0.1", "operator token:2 login.succeeded 127.0.0.1", "operator token:1 login.succeeded 192.0.2.1", "operator token:2 login.succeeded 192.0.2.1",
                "gateway login.locked 192.0.2.1", "gateway login.locked many addresses, 192.0.2.2 the last"], records);
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_and_a_record_that_fails_is_told_and_holds_nobody_up()
    {
        var logins = Of();
        for (var i = 0; i < Logins.MaxRemembered * 3; i++) logins.Came("token:1", new(new byte[] { 10, 1, (byte)(i / 256), (byte)i }));
        await logins.WrittenAsync();
        Assert.Equal(Logins.MaxRemembered * 3, records.Count);
        var broken = Of(broken: true);
        broken.Came("token:1", IPAddress.Loopback);
        await broken.WrittenAsync();
        Assert.Equal(["recording a login: disk"], reported);
    }
}
