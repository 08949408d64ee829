using System.Buffers;
using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// Who was granted what, at one moment. Immutable. With a <see cref="Problem"/> it grants nothing to anybody: a file that
/// cannot be understood must never be a reason to allow.
/// </summary>
public sealed class Grants
{
    /// <summary>Longest capability name that is read, in characters.</summary>
    public const int MaxCapabilityLength = 128;

    readonly SortedDictionary<string, SortedSet<string>> agents;

    Grants(SortedDictionary<string, SortedSet<string>> agents, string? problem) => (this.agents, Problem) = (agents, problem);

    /// <summary>Why nothing is granted, as a sentence for <c>doctor</c>; null when the file was read.</summary>
    public string? Problem { get; }

    public static Grants Nothing(string problem) => new(new(StringComparer.Ordinal), problem);

    internal static Grants Empty { get; } = new(new(StringComparer.Ordinal), null);

    /// <summary>True when the agent's own entry names the capability, letter by letter.</summary>
    public bool Has(AgentId agent, string capability) => Problem is null && agents.TryGetValue(agent.ToString(), out var granted) && granted.Contains(capability);

    /// <summary>True when the agent has an entry, though it may be empty.</summary>
    public bool Knows(AgentId agent) => agents.ContainsKey(agent.ToString());

    /// <summary>The agent's capabilities in ordinal order; one that names no tool is kept here and grants nothing.</summary>
    public IReadOnlyList<string> Of(AgentId agent) => agents.TryGetValue(agent.ToString(), out var granted) ? [.. granted] : [];

    public IReadOnlyList<AgentId> Agents => [.. agents.Keys.Select(AgentId.Parse)];

    internal Grants With(AgentId agent, IEnumerable<string> capabilities)
    {
        var changed = new SortedDictionary<string, SortedSet<string>>(agents, StringComparer.Ordinal)
        {
            [agent.ToString()] = new(capabilities, StringComparer.Ordinal),
        };
        return new(changed, null);
    }

    /// <summary>
    /// Reads <c>{"agents":{"AGENT":["CAPABILITY",…]}}</c> and nothing else: unknown or repeated members, bad agent ids, comments
    /// and anything after the object are a <see cref="Problem"/>. A capability listed twice is the same set, so it is accepted.
    /// </summary>
    internal static Grants Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new() { MaxDepth = 4 });
            return new(ReadFile(ref reader), null);
        }
        catch (JsonException error)
        {
            return Nothing(error.Message);
        }
        catch (InvalidOperationException)
        {
            return Nothing("it contains text that is not valid Unicode");
        }
    }

    static SortedDictionary<string, SortedSet<string>> ReadFile(ref Utf8JsonReader reader)
    {
        var agents = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject, "an object {\"agents\": …}");
        var seen = false;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var member = reader.GetString()!;
            if (member != "agents") throw new JsonException($"it has the unknown member \"{OneLine.Escape(member, 64)}\"; only \"agents\" is known");
            if (seen) throw new JsonException("it has \"agents\" twice");
            seen = true;
            ReadAgents(ref reader, agents);
        }
        if (!seen) throw new JsonException("it has no member \"agents\"");
        if (reader.Read()) throw new JsonException("there is something after the object");
        return agents;
    }

    static void ReadAgents(ref Utf8JsonReader reader, SortedDictionary<string, SortedSet<string>> agents)
    {
        Expect(ref reader, JsonTokenType.StartObject, "\"agents\" as an object");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!AgentId.TryParse(name, out _)) throw new JsonException($"\"{OneLine.Escape(name, 80)}\" is not an agent id");
            var capabilities = new SortedSet<string>(StringComparer.Ordinal);
            if (!agents.TryAdd(name, capabilities)) throw new JsonException($"agent \"{name}\" is listed twice");

            Expect(ref reader, JsonTokenType.StartArray, $"a list of capabilities for agent \"{name}\"");
            while (Next(ref reader) != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.String) throw new JsonException($"agent \"{name}\" has a capability that is not a text");
                var capability = reader.GetString()!;
                if (capability.Length is 0 or > MaxCapabilityLength)
                    throw new JsonException($"agent \"{name}\" has a capability that is empty or longer than {MaxCapabilityLength} characters");
                capabilities.Add(capability);
            }
        }
    }

    static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw new JsonException("it ends too early");

    static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (Next(ref reader) != token) throw new JsonException($"it needs {what}");
    }

    /// <summary>The file's bytes: two spaces, sorted, a newline at the end, so that a person's diff shows only what changed.</summary>
    internal byte[] ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new() { Indented = true, IndentSize = 2, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("agents");
            foreach (var (agent, capabilities) in agents)
            {
                writer.WriteStartArray(agent);
                foreach (var capability in capabilities) writer.WriteStringValue(capability);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }
}
