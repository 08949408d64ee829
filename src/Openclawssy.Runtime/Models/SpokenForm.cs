using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>
/// A request in the form for models that know no tools: described in the system message, called in blocks of text, answered by the user. A pure
/// function, so that the bytes sent can be made again from a journal. The order is the strictest any server asks for: one system message, then user
/// and assistant in turn.
/// </summary>
public static class SpokenForm
{
    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Of(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var system = new List<string>();
        if (options?.Instructions is { Length: > 0 } instructions) system.Add(instructions);
        var turns = new Turns();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System && turns.IsEmpty) system.Add(message.Text);
            else if (message.Role == ChatRole.Assistant) turns.Add(ChatRole.Assistant, Said(message, names));
            else if (message.Contents.Any(content => content is FunctionResultContent))
                foreach (var content in message.Contents.OfType<FunctionResultContent>()) turns.Add(ChatRole.User, Result(content, names));
            else turns.Add(ChatRole.User, message.Text);
        }
        if (options?.Tools is { Count: > 0 } tools) system.Add(SpokenManual.Of(tools, options.ToolMode, options.AllowMultipleToolCalls));

        var plain = options?.Clone() ?? new();
        (plain.Instructions, plain.Tools, plain.ToolMode, plain.AllowMultipleToolCalls) = (null, null, null, null);
        plain.SetProtocol(ToolProtocols.Text);
        return ([.. system.Count > 0 ? [ModelMessages.System(string.Join("\n\n", system))] : Array.Empty<ChatMessage>(), .. turns.All], plain);
    }

    /// <summary>A call as the model is asked to write it.</summary>
    /// <param name="id">Null writes none.</param>
    /// <param name="arguments">The text of a JSON object; anything else is written as a string.</param>
    public static string Block(string? id, string name, string arguments)
    {
        var named = id is null ? "" : $"\"id\": {Quoted(id)}, ";
        return $"```tool\n{{{named}\"tool_name\": {Quoted(name)}, \"arguments\": {(IsObject(arguments) ? arguments : Quoted(arguments))}}}\n```";
    }

    static string Said(ChatMessage message, Dictionary<string, string> names)
    {
        var parts = new List<string>();
        if (!string.IsNullOrWhiteSpace(message.Text)) parts.Add(message.Text);
        foreach (var call in message.Contents.OfType<FunctionCallContent>())
        {
            names[call.CallId] = call.Name;
            parts.Add(Block(call.CallId, call.Name, call.GetArgumentsText() ?? ArgumentsText.Of(call.Arguments)));
        }
        return string.Join("\n\n", parts);
    }

    static string Result(FunctionResultContent result, Dictionary<string, string> names) =>
        $"tool result {result.CallId}{(names.TryGetValue(result.CallId, out var name) ? " " + name : "")}:\n{TextOf(result.Result)}";

    static string TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement element => element.GetRawText(),
        _ => Convert.ToString(result, CultureInfo.InvariantCulture) ?? "",
    };

    static string Quoted(string text) => $"\"{JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Turns that alternate: what one side says in a row is one message.</summary>
    sealed class Turns
    {
        readonly List<(ChatRole Role, StringBuilder Text)> turns = [];

        public bool IsEmpty => turns.Count == 0;

        public IEnumerable<ChatMessage> All => turns.Select(turn => new ChatMessage(turn.Role, turn.Text.ToString()));

        public void Add(ChatRole role, string text)
        {
            if (text.Length == 0) return;
            if (turns.Count > 0 && turns[^1].Role == role) turns[^1].Text.Append("\n\n").Append(text);
            else turns.Add((role, new(text)));
        }
    }
}
