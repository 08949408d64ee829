using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>Where a conversation's files are: <c>agents/AGENT/memory/chats/SESSION/</c> below the state folder. Made from parsed ids, so it cannot point elsewhere.</summary>
sealed class SessionFolder(string stateFolder, AgentId agent, SessionId id)
{
    public const string MetaName = "meta.json", MessagesName = "messages.jsonl";

    public AgentId Agent { get; } = agent;
    public SessionId Id { get; } = id;

    public string Path { get; } = System.IO.Path.Combine(ChatsOf(stateFolder, agent), id.ToString());

    public string Meta => System.IO.Path.Combine(Path, MetaName);
    public string Messages => System.IO.Path.Combine(Path, MessagesName);

    /// <summary>Held for microseconds, around an append and around closing.</summary>
    public string AppendLock => System.IO.Path.Combine(Path, "messages.lock");

    /// <summary>Held for a whole run.</summary>
    public string TurnLock => System.IO.Path.Combine(Path, "turn.lock");

    public static string AgentsOf(string stateFolder) => System.IO.Path.Combine(stateFolder, "agents");

    public static string ChatsOf(string stateFolder, AgentId agent) => System.IO.Path.Combine(AgentsOf(stateFolder), agent.ToString(), "memory", "chats");

    /// <summary>No session id begins with an underscore, so this is no conversation's folder.</summary>
    public static string PointersOf(string stateFolder, AgentId agent) => System.IO.Path.Combine(ChatsOf(stateFolder, agent), "_active");

    /// <summary>No agent id begins with an underscore either.</summary>
    public static string AgentPointersOf(string stateFolder) => System.IO.Path.Combine(AgentsOf(stateFolder), "_routing", "active_agents");
}
