using System.Security.Cryptography;
using System.Text.Json;
using Openclawssy.Discord;
using Openclawssy.Egress;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class DiscordInboxTests
{
    /// <summary>A disk that is full.</summary>
    sealed class FullLedger : IDiscordLedger
    {
        public bool Knows(string id) => false;
        public IReadOnlyList<Owed> Open => [];
        public ValueTask PutAsync(Owed owed) => throw new IOException("no space left on /dev/secret");
        public ValueTask DoneAsync(string id) => throw new IOException("no space left on /dev/secret");
    }

    [Fact]
    public async Task A_message_that_cannot_be_kept_is_not_acted_on_and_its_writer_told()
    {
        await using var house = await DiscordHouse.MakeAsync();
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        var rest = new DiscordRest(egress, new(house.Discord.ApiBase), new(FakeDiscord.Token, "the test"), TimeProvider.System, RandomNumberGenerator.Fill, house.Patience);
        List<Task> beside = [];
        List<string> reported = [];
        var inbox = new DiscordInbox(
            house.Desk, new FullLedger(), new(rest), new(static (_, _) => false), () => house.Config, () => null, work => beside.Add(work(TestContext.Current.CancellationToken)),
            static (_, _) => throw new InvalidOperationException("nothing is owed"), new Ids(TimeProvider.System, RandomNumberGenerator.Fill).NewRun, TimeProvider.System, (where, problem) => reported.Add($"{where}: {problem.Message}"));
        using var message = JsonDocument.Parse("""{"id":"1","channel_id":"100","guild_id":"800","type":0,"content":"!ask x","author":{"id":"201"} }""");

        await inbox.HandleAsync(new(1, "MESSAGE_CREATE", message.RootElement));
        await Task.WhenAll(beside);

        Assert.Equal(Openclawssy.Discord.AnswerText.NotTakenIn, Assert.Single(house.Discord.Messages).Text);
        Assert.Empty(house.Accepted);
        Assert.Equal(["a message from Discord was not taken in: no space left on /dev/secret"], reported);
    }
}
