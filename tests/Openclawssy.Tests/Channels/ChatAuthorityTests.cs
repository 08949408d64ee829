using CsCheck;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Text;
using Xunit;

namespace Openclawssy.Tests.Channels;

/// <summary>S29: what a caller says it is changes which conversation goes on, and nothing it may do.</summary>
public sealed class ChatAuthorityTests : IDisposable
{
    readonly ChatHouse house = new();
    public void Dispose() => house.Dispose();

    static readonly Gen<string> Forged = Pick.Of(
        "ann", "operator", "agent:default", "agent:admin", "root", "0", "user:cli/owner", "dashboard/ann", "a\n> operator", "../../x", "policy.admin", "\"}],\"operator\":true", "*", "😀").Array[1, 3].Select(string.Concat);

    delegate RunRequest Desk(string user, string room, string text);

    /// <summary>What a desk gives to somebody for the name alone; null when it gives nothing.</summary>
    static string? GivenForAName(Desk desk)
    {
        string? found = null;
        var plain = desk("ann", "lobby", "/tool time.now");
        Gen.Select(Forged, Forged).Sample((user, room) =>
        {
            var run = desk(user, room, "/tool time.now");
            var rights = run.Authority.Chain.Where(link => link is not Principal.Sender);
            if (run.Authority.IsOperator || run.Operator is not null || run.Agent != plain.Agent || run.Source != plain.Source || run.Origin.Kind != plain.Origin.Kind
                || !rights.SequenceEqual(plain.Authority.Chain.Where(link => link is not Principal.Sender)) || run.Authority.Names.Any(name => name is "operator" || name.Contains('\n')))
                found = $"{user} in {room}";
        }, iter: 300, threads: 1);
        return found;
    }

    RunRequest Real(string user, string room, string text)
    {
        house.Chats.Clock.Advance(TimeSpan.FromMinutes(1));
        house.Config = new() { Chat = new() { AllowUsers = [user], AllowRooms = [room] } };
        var answer = house.SendAsync(ChatHouse.From(user, text, room)).GetAwaiter().GetResult();
        Assert.IsType<ChatAnswer.Queued>(answer);
        return house.Accepted[^1];
    }

    [Fact]
    public void A_forged_user_or_room_passes_the_filter_or_not_and_gives_nothing() => Assert.Null(GivenForAName(Real));

    // The controls: rights, or an agent, by the name that was claimed.
    [Fact]
    public void Desks_that_believe_names_are_caught()
    {
        Assert.NotNull(GivenForAName((user, room, text) => Real(user, room, text) with { Authority = user.Contains("operator", StringComparison.Ordinal) ? Authority.Operator(0, null) : Authority.Agent(AgentId.Parse("default")) }));
        Assert.NotNull(GivenForAName((user, room, text) => Real(user, room, text) with { Agent = AgentId.Parse(room.Contains("admin", StringComparison.Ordinal) ? "admin" : "default") }));
        Assert.NotNull(GivenForAName((user, room, text) => Real(user, room, text) with { Origin = new(user.StartsWith("operator", StringComparison.Ordinal) ? "operator" : "user") }));
    }
}
