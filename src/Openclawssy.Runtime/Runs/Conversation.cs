using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// What the model is told, as a list of event numbers. A message is a function of its event, so a request can be rebuilt
/// from the journal byte by byte (a test does it for every request).
/// </summary>
public sealed class Conversation(Story story)
{
    readonly List<long> parts = [];
    readonly List<ChatMessage> messages = [];

    public IReadOnlyList<long> Parts => parts;
    public IReadOnlyList<ChatMessage> Messages => messages;

    public void Add(long seq)
    {
        parts.Add(seq);
        messages.Add(MessageOf(story, seq));
    }

    public static ChatMessage MessageOf(Story story, long seq) => story[seq] switch
    {
        PromptAssembled prompt => ModelMessages.System(prompt.Text),
        RunCreated created => ModelMessages.User(created.Message),
        ModelAnswered answer => ModelMessages.Assistant(story.TextOf(answer), answer.Calls, answer.Extra, story.AskedFor(seq)),
        ToolAnswered result => ModelMessages.ToolResult(result.CallId, ResultText(result)),
        _ => throw new InvalidDataException($"event {seq} is no message"),
    };

    /// <summary>What the model reads of a result: the output, or the error as an object with a code it can act on.</summary>
    public static string ResultText(ToolAnswered result)
    {
        if (result.Error is not { } error) return result.Output ?? "{}";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteBoolean("retryable", error.Retryable);
            if (error.Path is not null) json.WriteString("path", error.Path);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
