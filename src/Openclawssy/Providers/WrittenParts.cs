using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Openclawssy.Providers;

/// <summary>
/// JSON of what was sent before. Each request repeats the conversation, so without this a long run writes the same messages
/// again and again. A message counts as finished once it was sent; a changed conversation is made of new messages.
/// </summary>
sealed class WrittenParts
{
    readonly ConditionalWeakTable<object, byte[]> parts = [];

    /// <summary>Writes a value: from memory, or by <paramref name="write"/> the first time.</summary>
    public void Write<T>(Utf8JsonWriter writer, T part, Action<Utf8JsonWriter, T> write) where T : class
    {
        if (!parts.TryGetValue(part, out var json))
        {
            var buffer = new ArrayBufferWriter<byte>(512);
            using (var once = new Utf8JsonWriter(buffer, ChatCompletionsBody.Options)) write(once, part);
            json = buffer.WrittenSpan.ToArray();
            parts.AddOrUpdate(part, json);
        }
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    /// <summary>Several results in one message are several values; only a message that is one value is kept.</summary>
    public static bool IsOneValue(ChatMessage message)
    {
        var results = 0;
        foreach (var content in message.Contents)
            if (content is FunctionResultContent && ++results > 1) return false;
        return true;
    }
}
