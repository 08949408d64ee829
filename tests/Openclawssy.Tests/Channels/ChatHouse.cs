using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Tests.Sessions;
using Xunit;

namespace Openclawssy.Tests.Channels;

/// <summary>A desk with real conversations and an intake that writes down what it was given.</summary>
sealed class ChatHouse : IRunIntake, IDisposable
{
    readonly List<RunRequest> accepted = [];
    readonly HashSet<RunId> ended = [];

    public ChatHouse()
    {
        MakeAgent("default");
        Config = new() { Chat = new() { AllowUsers = ["ann", "bob"] }, Discord = new() { Enabled = true, AllowUsers = ["ann"] } };
        Desk = new(Parts);
    }

    public Chats Chats { get; } = new();
    public OpenclawssyConfig Config { get; set; }
    public ChatDesk Desk { get; }
    public List<string> Reported { get; } = [];

    /// <summary>What the intake throws instead of taking a run.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Happens while a message waits to be taken.</summary>
    public Action Meanwhile { get; set; } = static () => { };

    public ChatParts Parts => new(Chats.Store, Agents, this, Stop, Rules, Chats.Clock, (where, problem) => Reported.Add($"{where}: {problem.Message}"));

    public IReadOnlyList<RunRequest> Accepted { get { lock (accepted) return [.. accepted]; } }

    public void MakeAgent(string name) => Directory.CreateDirectory(Path.Combine(Chats.State, "agents", name));

    IReadOnlyList<AgentId> Agents() => Runtime.Agents.AgentFolder.Existing(Chats.State);

    ChatRules Rules(string channel)
    {
        var rules = ChatRules.Of(channel, Config);
        Meanwhile();
        return rules;
    }

    public ValueTask<RunId> AcceptAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal) throw refusal;
        lock (accepted)
        {
            accepted.Add(request);
            return new(IdOf(accepted.Count - 1));
        }
    }

    public void End(int run) => ended.Add(IdOf(run));

    public static RunId IdOf(int run) => RunId.Parse($"run_{run:D13}_00");

    IReadOnlyList<RunId> Stop(Predicate<RunRequest> which, string by)
    {
        var stopped = Accepted.Index().Where(run => which(run.Item) && ended.Add(IdOf(run.Index))).Select(run => IdOf(run.Index)).ToList();
        return stopped;
    }

    public static InboundMessage From(string user, string text, string room = "lobby", string channel = ChannelNames.Dashboard, string? agent = null, string credential = "token-1", ThinkingMode? thinking = null, SessionId? session = null) =>
        new(channel, user, room, text, credential, agent, thinking, session);

    public Task<ChatAnswer> SendAsync(InboundMessage message) => Desk.HandleAsync(message, TestContext.Current.CancellationToken);

    public Task<ChatAnswer> SendAsync(string text, string user = "ann", string room = "lobby") => SendAsync(From(user, text, room));

    public async Task<ChatAnswer.Queued> QueueAsync(string text, string user = "ann", string room = "lobby") => Assert.IsType<ChatAnswer.Queued>(await SendAsync(text, user, room));

    public async Task<ChatAnswer.Said> SayAsync(string text, string user = "ann", string room = "lobby") => Assert.IsType<ChatAnswer.Said>(await SendAsync(text, user, room));

    public async Task<ChatAnswer.Refused> RefusedAsync(InboundMessage message) => Assert.IsType<ChatAnswer.Refused>(await SendAsync(message));

    public int Sessions(string agent = "default") => Chats.Store.List(AgentId.Parse(agent), new(), 200, 0).Sessions.Count;

    public void Dispose() => Chats.Dispose();
}
