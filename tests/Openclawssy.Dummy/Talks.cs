using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

/// <summary>Processes that talk in one conversation. What stands on standard output was acknowledged before.</summary>
static class Talks
{
    public static readonly AgentId Agent = AgentId.Parse("default");

    public static SessionStore Store(string state) => new(state, TimeProvider.System, new Ids(TimeProvider.System, RandomNumberGenerator.Fill));

    public static async Task<int> Talk(string state, string session, string name, int count)
    {
        using var turn = name == "alone" ? await Store(state).BeginTurnAsync(Agent, SessionId.Parse(session), default) : null;
        var store = Store(state);
        for (var i = 0; i < count; i++)
        {
            var message = new SessionMessage(SessionRoles.User, Said(name, i));
            await (turn is null ? store.AppendAsync(Agent, SessionId.Parse(session), [message]) : turn.AppendAsync(message));
            Console.WriteLine(i);
        }
        return 0;
    }

    public static async Task<int> TakeTurns(string state, string session, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var turn = await Store(state).BeginTurnAsync(Agent, SessionId.Parse(session), default);
            await turn.AppendAsync(new SessionMessage(SessionRoles.User, Said(name, i)));
            await turn.AppendAsync(new SessionMessage(SessionRoles.Assistant, Said(name, i)));
        }
        return 0;
    }

    public static async Task<int> TakeNoTurns(string state, string session, string name, int count)
    {
        var store = Store(state);
        for (var i = 0; i < count; i++)
        {
            await store.AppendAsync(Agent, SessionId.Parse(session), [new(SessionRoles.User, Said(name, i))]);
            await store.AppendAsync(Agent, SessionId.Parse(session), [new(SessionRoles.Assistant, Said(name, i))]);
        }
        return 0;
    }

    // No lock, and a line in two pieces, as buffered writers do.
    public static int TalkNaively(string messages, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var line = Encoding.UTF8.GetBytes($$"""{"role":"user","content":"{{Said(name, i)}}","ts":"2026-01-01T00:00:00Z"}""" + "\n");
            using var stream = new FileStream(messages, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(line.AsSpan(0, line.Length / 2));
            stream.Write(line.AsSpan(line.Length / 2));
        }
        return 0;
    }

    // Says that it was kept before it is.
    public static int TalkBuffered(string messages, string name, int count)
    {
        using var writer = new StreamWriter(messages, append: true);
        for (var i = 0; i < count; i++)
        {
            writer.Write($$"""{"role":"user","content":"{{Said(name, i)}}","ts":"2026-01-01T00:00:00Z"}""" + "\n");
            Console.WriteLine(i);
        }
        return 0;
    }

    static string Said(string name, int i) => $"{name} {i} {new string('x', i * 37 % 400)}";
}
