using Microsoft.Extensions.Time.Testing;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Sessions;

/// <summary>A state folder with conversations in it.</summary>
sealed class Chats : IDisposable
{
    static readonly DateTimeOffset start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    readonly TempFolder folder = new();
    long random;

    public Chats() => Store = Another();

    public FakeTimeProvider Clock { get; } = new(start);
    public string State => folder["state"];
    public SessionStore Store { get; }

    public static AgentId Agent { get; } = AgentId.Parse("default");
    public static SessionPlace Here { get; } = new("cli", "owner", "terminal");

    /// <summary>What another process would use.</summary>
    public SessionStore Another() => new(State, Clock, new Ids(Clock, bytes => { bytes.Clear(); BitConverter.TryWriteBytes(bytes, (int)Interlocked.Increment(ref random)); }));

    public Session New() => Store.Create(Agent, Here);

    public string FileOf(SessionId id, string name) => Path.Combine(State, "agents", "default", "memory", "chats", id.ToString(), name);

    public string MessagesOf(SessionId id) => FileOf(id, "messages.jsonl");

    public static SessionMessage User(string text) => new(SessionRoles.User, text);

    public static string CodeOf(Action refused) => Xunit.Assert.Throws<SessionException>(refused).Code;

    public static async Task<string> CodeOf(Func<Task> refused) => (await Xunit.Assert.ThrowsAsync<SessionException>(refused)).Code;

    public void Dispose() => folder.Dispose();
}
