using System.Text.Json;

namespace Openclawssy.Discord;

/// <summary>The commands Discord offers while somebody types, and what they become here: the same texts a person could write.</summary>
static class SlashCommands
{
    const int Text = 3;

    static readonly (string Name, string Summary, string? Option, string About, bool Required)[] plain =
    [
        ("new", "Start a new chat", null, "", false),
        ("chats", "List recent chats", null, "", false),
        ("resume", "Go on with a chat", "session", "The chat's id", true),
        ("agents", "List agents", null, "", false),
        ("agent", "Show or choose who answers here", "name", "The agent's id", false),
        ("stop", "Stop your runs here", null, "", false),
        ("help", "Show what there is", null, "", false),
    ];

    /// <summary>Writes them for Discord, as elements of an array.</summary>
    public static void Write(Utf8JsonWriter json)
    {
        Begin(json, "ask", "Ask the agent");
        Option(json, "message", "What is to be done", required: true);
        Option(json, "thinking", "When the model's thinking is shown", required: false, "never", "on_error", "always");
        End(json);
        foreach (var (name, summary, option, about, required) in plain)
        {
            Begin(json, name, summary);
            if (option is not null) Option(json, option, about, required);
            End(json);
        }
    }

    /// <summary>An interaction as the text it stands for; null for what is no command of ours.</summary>
    public static string? TextOf(JsonElement data)
    {
        if (Json.Text(data, "name") is not { } name) return null;
        if (name == "ask") return $"{(OptionOf(data, "thinking") is { } mode ? $"thinking={mode} " : "")}{OptionOf(data, "message")}";
        foreach (var command in plain)
            if (command.Name == name) return $"/{name} {(command.Option is null ? "" : OptionOf(data, command.Option))}".Trim();
        return null;
    }

    static string? OptionOf(JsonElement data, string name)
    {
        if (!data.TryGetProperty("options", out var options) || options.ValueKind != JsonValueKind.Array) return null;
        foreach (var option in options.EnumerateArray())
            if (Json.Text(option, "name") == name) return Json.Text(option, "value");
        return null;
    }

    static void Begin(Utf8JsonWriter json, string name, string summary)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("description", summary);
        json.WriteNumber("type", 1);
        json.WriteStartArray("options");
    }

    static void Option(Utf8JsonWriter json, string name, string about, bool required, params string[] choices)
    {
        json.WriteStartObject();
        json.WriteNumber("type", Text);
        json.WriteString("name", name);
        json.WriteString("description", about);
        json.WriteBoolean("required", required);
        if (choices.Length > 0)
        {
            json.WriteStartArray("choices");
            foreach (var choice in choices)
            {
                json.WriteStartObject();
                json.WriteString("name", choice);
                json.WriteString("value", choice);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
