using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Openclawssy.Runtime.Config;

/// <summary>
/// The one table of all keys: type, default, what is allowed, what it is for, whether this version acts on it, who may change it.
/// Reading, checking, <c>config show</c>, <c>config.set</c>, the published schema and the documentation come from it.
/// </summary>
public static class ConfigSchema
{
    /// <summary>Accepted at the top of the file for editors, and ignored.</summary>
    internal const string SchemaKey = "$schema";

    static readonly Lazy<IReadOnlyList<ConfigKey>> keys = new(ListKeys);

    // When a feature lands, its status here (or of a single key in its table) is taken away.
    internal static Section<OpenclawssyConfig> Root { get; } = new Section<OpenclawssyConfig>()
        .Below("network", SurroundingsKeys.Network, c => c.Network, (c, v) => c with { Network = v }, "What tools may reach over the network.")
        .Below("shell", SurroundingsKeys.Shell, c => c.Shell, (c, v) => c with { Shell = v }, "Running commands.")
        .Below("sandbox", SurroundingsKeys.Sandbox, c => c.Sandbox, (c, v) => c with { Sandbox = v }, "Where commands run.")
        .Below("server", SurroundingsKeys.Server, c => c.Server, (c, v) => c with { Server = v }, "The gateway's listener.")
        .Below("engine", WorkKeys.Engine, c => c.Engine, (c, v) => c with { Engine = v }, "How many runs, and for how long.")
        .Below("scheduler", WorkKeys.Scheduler, c => c.Scheduler, (c, v) => c with { Scheduler = v }, "Jobs that start runs.")
        .Below("output", WorkKeys.Output, c => c.Output, (c, v) => c with { Output = v }, "What is shown of a run.")
        .Below("workspace", SurroundingsKeys.Workspace, c => c.Workspace, (c, v) => c with { Workspace = v }, "The agents' files and the wall around them.")
        .Below("model", ModelsKeys.Model, c => c.Model, (c, v) => c with { Model = v }, "Which model answers, and how it is asked.")
        .Each("providers", ModelsKeys.ProviderNames, ModelsKeys.Provider, name => KnownProviders.Defaults.TryGetValue(name, out var known) ? known : new(),
            c => c.Providers, (c, v) => c with { Providers = v }, "How each provider is reached. What is left out has that provider's own default.")
        .Below("agents", ModelsKeys.Agents, c => c.Agents, (c, v) => c with { Agents = v }, "Which agents run, and how they differ.")
        .Below("chat", ChannelsKeys.Chat, c => c.Chat, (c, v) => c with { Chat = v }, "Conversations over HTTP.")
        .Below("discord", ChannelsKeys.Discord, c => c.Discord, (c, v) => c with { Discord = v }, "The Discord bridge.")
        .Below("secrets", WorkKeys.Secrets, c => c.Secrets, (c, v) => c with { Secrets = v }, "Where the secret store is.")
        .Below("memory", WorkKeys.Memory, c => c.Memory, (c, v) => c with { Memory = v }, "What agents remember between runs.", FeatureStatus.Reserved)
        .Below("audit", WorkKeys.Audit, c => c.Audit, (c, v) => c with { Audit = v }, "The audit's second witness.")
        .Below("runs", WorkKeys.Runs, c => c.Runs, (c, v) => c with { Runs = v }, "How long finished runs are kept.");

    /// <summary>Every key, in the order of the file.</summary>
    public static IReadOnlyList<ConfigKey> Keys => keys.Value;

    /// <summary>Every family of entries, in the order of the file.</summary>
    public static IReadOnlyList<ConfigFamily> Families
    {
        get
        {
            var families = new List<ConfigFamily>();
            Root.Families(new("", FeatureStatus.Active), families);
            return families;
        }
    }

    /// <summary>Whether the path names one entry of a family, as <c>agents.profiles.alpha</c> does.</summary>
    public static bool IsEntry(ConfigPath path) => Families.Any(family => Matches(PartsOf(family.Path), path.Segments));

    /// <summary>The row a concrete path belongs to, or null when there is no such key.</summary>
    public static ConfigKey? Find(ConfigPath path)
    {
        foreach (var key in Keys)
            if (Matches(PartsOf(key.Path), path.Segments)) return key;
        return null;
    }

    /// <summary>The key itself, or those of the section or list that the path names; none where there is no such thing.</summary>
    public static IEnumerable<ConfigKey> Within(ConfigPath path) => Keys.Where(key =>
    {
        var parts = PartsOf(key.Path.Replace("[]", "", StringComparison.Ordinal));
        return parts.Length >= path.Segments.Count && Matches(parts[..path.Segments.Count], path.Segments);
    });

    /// <summary>
    /// The JSON a person means by a word on the command line: text needs no quotes, a list may be written with commas.
    /// The result is still to be validated.
    /// </summary>
    public static string ToJson(ConfigKey key, string text)
    {
        if (key.Type is "text" or "word" or "secret text") return text.StartsWith('"') && text.EndsWith('"') && text.Length > 1 ? text : Quote(text);
        if (key.Type != "list of text" || text.TrimStart().StartsWith('[')) return text;
        return $"[{string.Join(", ", text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Quote))}]";
    }

    /// <summary>The JSON Schema (draft 2020-12) of the file. It says what can be said there; rules between keys are only in the program.</summary>
    public static string ToJsonSchema()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConfigView.Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("title", "Openclawssy configuration");
            writer.WriteString("description", "Comments and trailing commas are allowed in the file.");
            Root.Describe(writer, new());
            writer.WriteStartObject("patternProperties");
            writer.WriteStartObject("^\\$schema$");
            writer.WriteString("type", "string");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    internal static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, ConfigView.Encoder)}\"";

    static List<ConfigKey> ListKeys()
    {
        var rows = new List<ConfigKey>();
        Root.List(new(), new("", FeatureStatus.Active), rows);
        return rows;
    }

    static string[] PartsOf(string pattern) => pattern.Split('.');

    static bool Matches(string[] parts, IReadOnlyList<string> segments)
    {
        if (parts.Length != segments.Count) return false;
        for (var i = 0; i < parts.Length; i++)
            if (parts[i] != segments[i] && !parts[i].StartsWith('<')) return false;
        return true;
    }
}
