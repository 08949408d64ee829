using Openclawssy.Cli;
using Openclawssy.Egress;
using Xunit;

namespace Openclawssy.Tests.WallTests;

/// <summary>The program has one way out to the network: the room <c>Egress</c>. Shown on the compiled assembly.</summary>
public sealed class ProgramWallTests
{
    const string Room = "Openclawssy.Egress.";

    static readonly string program = typeof(CliCommand).Assembly.Location;

    /// <summary>Outside the room: what a request and an answer look like, and the words for what went wrong. Nothing that sends.</summary>
    static readonly AllowList harmless = new(
    [
        "System.Net.Http.HttpRequestMessage", "System.Net.Http.HttpResponseMessage", "System.Net.Http.HttpMethod", "System.Net.Http.HttpContent", "System.Net.Http.ReadOnlyMemoryContent",
        "System.Net.Http.HttpRequestException", "System.Net.Http.HttpRequestError", "System.Net.Http.Headers.*", "System.Net.HttpStatusCode", "System.Net.ServerSentEvents.*",
        "System.Net.IPAddress", "System.Net.Sockets.SocketException", "System.Net.Sockets.SocketError", "System.Net.Sockets.AddressFamily",
        // Handed on to a library that sends; made by the room alone.
        "System.Net.Http.HttpClient", "- System.Net.Http.HttpClient::.ctor",
    ]);

    [Fact]
    public void Nothing_outside_the_room_can_make_a_connection() => Assert.Empty(Ways(References.Of(program)));

    [Fact]
    public void The_same_look_sees_the_ways_that_naughty_code_takes()
    {
        var naughty = References.Of(typeof(ProgramWallTests).Assembly.Location, type => type.StartsWith("Openclawssy.Tests.WallTests.Naughty.", StringComparison.Ordinal));
        var seen = Ways(naughty).Select(way => way.Symbol).ToList();
        foreach (var door in new[] { "System.Net.Sockets.Socket::.ctor", "System.Net.Http.HttpClient::.ctor", "System.Net.Dns::GetHostAddresses", "System.Net.Sockets.TcpClient" })
            Assert.Contains(seen, symbol => symbol.StartsWith(door, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_client_makes_connections_and_only_the_policy_makes_destinations()
    {
        var references = References.Of(program);
        Assert.Equal([$"{Room}Connections"], Makers(references, "System.Net.Http.SocketsHttpHandler"));
        Assert.Equal([$"{Room}EgressPolicy"], Makers(references, typeof(Destination).FullName!));
        Assert.Equal([$"{Room}CommandDoorway", $"{Room}LocalDatagram", $"{Room}TcpDialer", $"{Room}PassedSocket"], Makers(references, "System.Net.Sockets.Socket"));
    }

    // So that no other command loads it.
    [Fact]
    public void Only_the_wizards_choices_refer_to_the_console_library()
    {
        var users = References.Of(program).Where(reference => reference.Symbol.StartsWith("Spectre.", StringComparison.Ordinal)).Select(reference => reference.Type).Distinct();
        Assert.All(users, user => Assert.StartsWith("Openclawssy.Setup.SpectreQuestions", user, StringComparison.Ordinal));
        Assert.NotEmpty(users);
    }

    static IEnumerable<string> Makers(IEnumerable<Reference> references, string type) =>
        references.Where(reference => reference.Symbol.StartsWith($"{type}::.ctor", StringComparison.Ordinal)).Select(reference => reference.Type).Distinct();

    static IEnumerable<Reference> Ways(IEnumerable<Reference> references) => references.Where(reference =>
        !reference.IsOwn && !reference.Type.StartsWith(Room, StringComparison.Ordinal) && reference.Symbol.StartsWith("System.Net.", StringComparison.Ordinal) && !harmless.Allows(reference.Symbol));
}
