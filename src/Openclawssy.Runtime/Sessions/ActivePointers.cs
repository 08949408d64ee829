using System.Text.Json;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>
/// What goes on where: the agent that answers in a place, and each agent's conversation there. A pointer is a small file,
/// replaced in one piece; it is believed only as far as what it names still exists, is open and belongs there.
/// </summary>
public sealed class ActivePointers
{
    const int MaxBytes = 16 * 1024;
    const string SessionField = "session_id", AgentField = "agent_id";

    readonly string stateFolder;
    internal ActivePointers(string stateFolder) => this.stateFolder = stateFolder;

    /// <summary>The conversation to go on with; null when there is none, it is closed, or it vanished.</summary>
    public SessionId? Session(AgentId agent, SessionPlace place) =>
        Read(SessionFolder.PointersOf(stateFolder, agent), place, SessionField) is { } text && SessionId.Parse(text) is var id
        && SessionMeta.Read(new(stateFolder, agent, id)) is { IsClosed: false } session && session.Place == place ? id : null;

    /// <summary>Makes a conversation the one to go on with in its own place; on disk when this returns.</summary>
    /// <exception cref="SessionException">It does not exist, is not this agent's, or is closed.</exception>
    public void SetSession(AgentId agent, SessionId id)
    {
        var session = SessionStore.DemandOpen(new(stateFolder, agent, id));
        Write(SessionFolder.PointersOf(stateFolder, agent), session.Place, SessionField, id.ToString());
    }

    /// <summary>The agent that was chosen for a place; null when none was. Whether it still exists is for the caller to see.</summary>
    public AgentId? Agent(SessionPlace place) =>
        Read(SessionFolder.AgentPointersOf(stateFolder), place, AgentField) is { } text ? AgentId.Parse(text) : null;

    /// <summary>Chooses the agent for a place; on disk when this returns.</summary>
    public void SetAgent(SessionPlace place, AgentId agent) => Write(SessionFolder.AgentPointersOf(stateFolder), place, AgentField, agent.ToString());

    // The place stands in the file too, so that a person can tell whose pointer it is.
    static void Write(string folder, SessionPlace place, string field, string value)
    {
        using var fields = new LineFields();
        var json = fields.Json;
        json.WriteStartObject();
        json.WriteString(field, value);
        json.WriteString("channel", place.Channel);
        json.WriteString("user_id", place.User);
        json.WriteString("room_id", place.Room);
        json.WriteEndObject();
        DurableFile.EnsureFolder(folder);
        DurableFile.Replace(Path.Combine(folder, place.FileName), fields.Finish());
    }

    // A damaged pointer is an error and not "none": another agent, with other rights, would answer.
    static string? Read(string folder, SessionPlace place, string field)
    {
        var path = Path.Combine(folder, place.FileName);
        if (DurableFile.ReadOrNull(path, MaxBytes) is not { } bytes) return null;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.GetProperty(field).GetString() is { } text && IdentifierRule.Accepts(text, IdentifierRule.MaxLength)) return text;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException) { }
        throw SessionException.Damaged(path, "is no pointer to a conversation or an agent");
    }
}
