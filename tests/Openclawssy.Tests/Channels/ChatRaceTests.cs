using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.Sessions;
using Xunit;

namespace Openclawssy.Tests.Channels;

public sealed class ChatRaceTests : IDisposable
{
    readonly ChatHouse house = new();

    public ChatRaceTests() => house.Config = house.Config with { Chat = house.Config.Chat with { RateLimitPerMin = 1_000_000, GlobalRateLimitPerMin = 1_000_000 } };

    public void Dispose() => house.Dispose();

    /// <summary>How many conversations several first messages at once make.</summary>
    static async Task<int> ConversationsAsync(Func<Task<SessionId>> send)
    {
        using var start = new Barrier(4);
        var sent = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait();
            return send();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());
        return (await Task.WhenAll(sent)).Distinct().Count();
    }

    [Fact]
    public async Task First_messages_at_once_make_one_conversation()
    {
        for (var round = 0; round < Campaign.Scale(20, 1000); round++)
        {
            var room = $"room {round}";
            Assert.Equal(1, await ConversationsAsync(async () => (await house.QueueAsync("hello", room: room)).Session));
            Assert.Single(house.Chats.Store.List(Chats.Agent, new(Room: room), 200, 0).Sessions);
        }
    }

    // The control: looked up and then made, without a lock.
    [Fact]
    public async Task A_desk_without_the_lock_is_caught()
    {
        using var looked = new Barrier(4);
        var place = new Runtime.Sessions.SessionPlace("dashboard", "ann", "lobby");
        Assert.NotEqual(1, await ConversationsAsync(() =>
        {
            var known = house.Chats.Store.Active.Session(Chats.Agent, place);
            // Everybody looks before anybody makes: the moment that the lock closes.
            looked.SignalAndWait();
            if (known is { } there) return Task.FromResult(there);
            var made = house.Chats.Store.Create(Chats.Agent, place).Id;
            house.Chats.Store.Active.SetSession(Chats.Agent, made);
            return Task.FromResult(made);
        }));
    }

    [Fact]
    public async Task Messages_of_a_place_are_taken_in_the_order_they_came()
    {
        var sent = Enumerable.Range(0, 50).Select(i => house.SendAsync($"{i}")).ToList();
        await Task.WhenAll(sent);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), house.Accepted.Select(run => run.Message));
    }

    [Fact]
    public async Task A_place_nobody_waits_for_is_forgotten_and_a_cancelled_wait_takes_nothing()
    {
        var locks = new PlaceLocks();
        var place = new Runtime.Sessions.SessionPlace("dashboard", "ann", "lobby");
        using (await locks.EnterAsync(place, default))
        {
            using var cancel = new CancellationTokenSource();
            var waiting = locks.EnterAsync(place, cancel.Token).AsTask();
            var next = locks.EnterAsync(place, default).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.False(next.IsCompleted);
            _ = next.ContinueWith(entered => entered.Result.Dispose(), TaskScheduler.Default);
        }
        using (await locks.EnterAsync(place, default)) Assert.Equal(1, locks.Count);
        Assert.Equal(0, locks.Count);
    }
}
