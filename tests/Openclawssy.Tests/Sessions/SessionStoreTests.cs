using System.Text.Json;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Sessions;

public sealed class SessionStoreTests : IDisposable
{
    readonly Chats chats = new();
    public void Dispose() => chats.Dispose();

    [Fact]
    public async Task A_conversation_is_on_disk_in_the_documented_shape()
    {
        var session = chats.Store.Create(Chats.Agent, new("discord", "u/../1", "*"), "about \"files\"");
        await chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("a\nb"), new("tool", "{}", chats.Clock.GetUtcNow().AddSeconds(1), "run_1", "c1", "fs.read")]);
        var meta = JsonDocument.Parse(File.ReadAllBytes(chats.FileOf(session.Id, "meta.json"))).RootElement;
        Assert.Equal(["session_id", "agent_id", "channel", "user_id", "room_id", "title", "created_at", "updated_at"], meta.EnumerateObject().Select(field => field.Name));
        Assert.Equal("2026-03-01T10:00:00Z", meta.GetProperty("created_at").GetString());
        Assert.Equal(
            """
            {"role":"user","content":"a\nb","ts":"2026-03-01T10:00:00Z"}
            {"role":"tool","content":"{}","ts":"2026-03-01T10:00:01Z","run_id":"run_1","tool_call_id":"c1","tool_name":"fs.read"}

            """, File.ReadAllText(chats.MessagesOf(session.Id)));
        Assert.Matches("^chat_[0-9]{13}_[0-9a-f]{10}$", session.Id.ToString());
    }

    [Fact]
    public async Task What_one_store_wrote_another_reads()
    {
        var session = chats.New();
        chats.Clock.Advance(TimeSpan.FromMinutes(1));
        await chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("one"), Chats.User("two")]);
        await chats.Another().AppendAsync(Chats.Agent, session.Id, [Chats.User("three")]);
        var history = chats.Another().ReadRecent(Chats.Agent, session.Id, 2);
        Assert.Equal(["two", "three"], history.Messages.Select(message => message.Content));
        var found = chats.Another().Find(null, session.Id);
        Assert.Equal(session with { UpdatedAt = chats.Clock.GetUtcNow() }, found);
        Assert.Equal(found, chats.Store.Find(Chats.Agent, session.Id));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_and_not_made()
    {
        var id = SessionId.Parse("chat_1");
        Assert.Null(chats.Store.Find(null, id));
        Assert.Null(chats.Store.Find(Chats.Agent, id));
        Assert.Equal("session.not_found", Chats.CodeOf(() => chats.Store.ReadRecent(Chats.Agent, id)));
        Assert.Equal("session.not_found", Chats.CodeOf(() => chats.Store.Close(Chats.Agent, id)));
        Assert.Equal("session.not_found", await Chats.CodeOf(() => chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("a")]).AsTask()));
        Assert.Equal("session.not_found", await Chats.CodeOf(() => chats.Store.BeginTurnAsync(Chats.Agent, id, default).AsTask()));
        Assert.Equal("session.not_found", Chats.CodeOf(() => chats.Store.ReadRecent(AgentId.Parse("other"), chats.New().Id)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(chats.MessagesOf(id))));
    }

    [Fact]
    public async Task Closing_is_for_good_and_closing_again_changes_nothing()
    {
        var session = chats.New();
        await chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("one")]);
        chats.Clock.Advance(TimeSpan.FromMinutes(1));
        var closed = chats.Store.Close(Chats.Agent, session.Id);
        var meta = File.ReadAllText(chats.FileOf(session.Id, "meta.json"));
        chats.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(closed, chats.Another().Close(Chats.Agent, session.Id));
        Assert.Equal(meta, File.ReadAllText(chats.FileOf(session.Id, "meta.json")));
        Assert.Equal(chats.Clock.GetUtcNow().AddMinutes(-1), chats.Store.Find(null, session.Id)!.ClosedAt);
        Assert.Equal("session.closed", await Chats.CodeOf(() => chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("two")]).AsTask()));
        Assert.Equal("session.closed", await Chats.CodeOf(() => chats.Store.BeginTurnAsync(Chats.Agent, session.Id, default).AsTask()));
        Assert.Single(chats.Store.ReadRecent(Chats.Agent, session.Id).Messages);
    }

    [Fact]
    public void What_an_earlier_program_wrote_is_read_and_kept()
    {
        var id = chats.New().Id;
        File.WriteAllText(chats.FileOf(id, "meta.json"),
            $$"""{"session_id":"{{id}}","agent_id":"default","channel":"dashboard","user_id":"u","room_id":"r","mood":"good","created_at":"2025-01-01T00:00:00.123456789Z","updated_at":"2025-01-02T00:00:00Z","closed_at":"0001-01-01T00:00:00Z"}""");
        File.WriteAllText(chats.MessagesOf(id), "{\"role\":\"user\",\"content\":\"hi\",\"ts\":\"2025-01-03T00:00:00+01:00\",\"later\":{\"a\":[1]}}\r\n");
        var session = chats.Store.Find(null, id)!;
        Assert.Null(session.ClosedAt);
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 23, 0, 0, TimeSpan.Zero), session.UpdatedAt);
        Assert.Equal("hi", Assert.Single(chats.Store.ReadRecent(Chats.Agent, id).Messages).Content);
        chats.Store.Close(Chats.Agent, id);
        Assert.Equal("good", JsonDocument.Parse(File.ReadAllBytes(chats.FileOf(id, "meta.json"))).RootElement.GetProperty("mood").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"session_id":"chat_other","agent_id":"default","channel":"c","user_id":"u","room_id":"r","created_at":"2025-01-01T00:00:00Z"}""")]
    [InlineData("""{"session_id":"ID","agent_id":"other","channel":"c","user_id":"u","room_id":"r","created_at":"2025-01-01T00:00:00Z"}""")]
    [InlineData("""{"session_id":"ID","agent_id":"default","channel":"c","user_id":" ","room_id":"r","created_at":"2025-01-01T00:00:00Z"}""")]
    [InlineData("""{"session_id":"ID","agent_id":"default","channel":"c","user_id":"u","room_id":"r","created_at":"soon"}""")]
    [InlineData("""{"session_id":"ID","agent_id":"default","channel":"c","user_id":"u","room_id":"r","created_at":"2025-01-01T00:00:00Z","closed_at":"2025-01-01T00:00:00Z","closed_at":null}""")]
    public async Task A_damaged_meta_is_refused_and_listed_as_damaged(string meta)
    {
        var (id, sound) = (chats.New().Id, chats.New().Id);
        File.WriteAllText(chats.FileOf(id, "meta.json"), meta.Replace("ID", id.ToString(), StringComparison.Ordinal));
        Assert.Equal("session.damaged", Chats.CodeOf(() => chats.Store.Find(Chats.Agent, id)));
        Assert.Equal("session.damaged", await Chats.CodeOf(() => chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("a")]).AsTask()));
        var page = chats.Store.List(Chats.Agent, new(), 10, 0);
        Assert.Equal([sound], page.Sessions.Select(session => session.Id));
        Assert.Equal([id], page.Damaged);
    }

    [Fact]
    public async Task Lists_are_newest_first_filtered_and_in_pages()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 6; i++) sessions.Add(chats.Store.Create(Chats.Agent, new("cli", i % 2 == 0 ? "ann" : "bob", "room")));
        chats.Store.Create(AgentId.Parse("other"), Chats.Here);
        Directory.CreateDirectory(Path.GetDirectoryName(chats.MessagesOf(SessionId.Parse("chat_empty")))!);
        File.CreateSymbolicLink(Path.GetDirectoryName(chats.MessagesOf(SessionId.Parse("chat_link")))!, Path.GetDirectoryName(chats.MessagesOf(sessions[0].Id))!);
        foreach (var (session, minute) in sessions.Zip([3, 5, 1, 6, 2, 4]))
        {
            await chats.Store.AppendAsync(Chats.Agent, session.Id, [Chats.User("hi")]);
            File.SetLastWriteTimeUtc(chats.MessagesOf(session.Id), new DateTime(2026, 3, 1, 10, minute, 0, DateTimeKind.Utc));
        }
        int[] Listed(SessionFilter filter, int limit, int offset) =>
            [.. chats.Store.List(Chats.Agent, filter, limit, offset).Sessions.Select(found => sessions.FindIndex(session => session.Id == found.Id))];
        Assert.Equal([3, 1, 5, 0, 4, 2], Listed(new(), 0, 0));
        Assert.Equal([5, 0], Listed(new(), 2, 2));
        Assert.Equal([0, 4, 2], Listed(new(User: "ann"), 10, 0));
        Assert.Equal([4], Listed(new(User: "ann", Channel: "cli", Room: "room"), 1, 1));
        Assert.Empty(Listed(new(Channel: "discord"), 10, 0));
        chats.Store.Close(Chats.Agent, sessions[5].Id);
        Assert.Equal([3, 1, 0, 4, 2], Listed(new(Closed: false), 10, 0));
        Assert.Equal([5], Listed(new(Closed: true), 10, 0));
        Assert.Empty(chats.Store.List(AgentId.Parse("nobody"), new(), 10, 0).Sessions);
    }

    [Fact]
    public async Task Lines_that_are_no_messages_are_passed_over_and_counted()
    {
        var id = chats.New().Id;
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("one")]);
        byte[] badText = [.. "{\"role\":\"user\",\"content\":\""u8, 0xff, .. "\"}\n"u8];
        using (var file = new FileStream(chats.MessagesOf(id), FileMode.Append))
        {
            file.Write("\n{\"role\":\"user\"}\nnonsense\n{\"role\":\"user\",\"content\":\"a\"} {}\n{\"role\":\"user\",\"content\":\"\\ud800\"}\n{\"role\":7,\"content\":\"a\"}\n[]\n{\"role\":\"user\",\"content\":\"a\",\"ts\":\"noon\"}\n"u8);
            file.Write(badText);
            file.Write(new byte[8 * 1024 * 1024 + 1]);
            file.Write("\n"u8);
        }
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("two")]);
        var history = chats.Store.ReadRecent(Chats.Agent, id);
        Assert.Equal(["one", "two"], history.Messages.Select(message => message.Content));
        Assert.Equal(9, history.Skipped);
        Assert.Equal(new SessionCondition(2, 8, 1, 0, 0), chats.Store.Examine(Chats.Agent, id));
        Assert.Equal(0, chats.Store.ReadRecent(Chats.Agent, id, 1).Skipped);
    }

    [Fact]
    public async Task At_most_two_hundred_are_read()
    {
        var id = chats.New().Id;
        await chats.Store.AppendAsync(Chats.Agent, id, [.. Enumerable.Range(0, 250).Select(i => Chats.User($"{i}"))]);
        foreach (var limit in new[] { 0, -1, 200, 201, int.MaxValue })
            Assert.Equal(Enumerable.Range(50, 200).Select(i => $"{i}"), chats.Store.ReadRecent(Chats.Agent, id, limit).Messages.Select(message => message.Content));
        Assert.Equal("249", Assert.Single(chats.Store.ReadRecent(Chats.Agent, id, 1).Messages).Content);
    }

    [Fact]
    public async Task What_could_not_be_read_again_is_not_written()
    {
        var id = chats.New().Id;
        foreach (var wrong in new SessionMessage[] { new("system", "x"), new("User", "x"), new("user", " \n"), new("user", new string('x', 8 * 1024 * 1024)) })
            Assert.Equal("session.message_invalid", await Chats.CodeOf(() => chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("before"), wrong]).AsTask()));
        Assert.Empty(chats.Store.ReadRecent(Chats.Agent, id).Messages);
        var long1 = new string('x', 8 * 1024 * 1024 - 100);
        await chats.Store.AppendAsync(Chats.Agent, id, [Chats.User("before"), Chats.User(long1)]);
        Assert.Equal(["before", long1], chats.Store.ReadRecent(Chats.Agent, id).Messages.Select(message => message.Content));
    }
}
