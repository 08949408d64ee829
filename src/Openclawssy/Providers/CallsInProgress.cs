using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// Tool calls as they arrive in fragments. Servers tell parallel calls apart in different ways: by index, by id without an index,
/// by id although every index is 0, or only by a name that begins anew.
/// </summary>
sealed class CallsInProgress(int maxCalls)
{
    readonly List<Call> calls = [];
    readonly Dictionary<int, Call> byIndex = [];

    public int Count => calls.Count;

    /// <summary>True once there are more calls than are read.</summary>
    public bool IsOverfull => calls.Count > maxCalls;

    /// <summary>True when some call never got a name.</summary>
    public bool HasNameless => calls.Exists(call => call.Name.Length == 0);

    public void Read(JsonElement fragments)
    {
        if (fragments.ValueKind != JsonValueKind.Array) return;
        foreach (var fragment in fragments.EnumerateArray())
        {
            if (fragment.ValueKind != JsonValueKind.Object || IsOverfull) continue;
            fragment.TryGetProperty("function", out var function);
            var id = Text(fragment, "id");
            var name = Text(function, "name");
            Find(fragment, id, name)?.Take(fragment, function, id, name);
        }
    }

    /// <summary>The finished calls, their names mapped back to the offered tools.</summary>
    public IEnumerable<FunctionCallContent> Finish(IEnumerable<AITool>? offered)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            var id = calls[i].Id.Length > 0 ? calls[i].Id : string.Create(CultureInfo.InvariantCulture, $"call_{i + 1}");
            yield return WireNotes.Call(id, ToolNames.FromWire(calls[i].Name, offered), calls[i].Arguments, calls[i].Extra);
        }
    }

    Call? Find(JsonElement fragment, string id, string name)
    {
        if (fragment.TryGetProperty("index", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var index))
        {
            // An index used again with a new id and a name is a new call of a server that numbers every call 0.
            if (byIndex.TryGetValue(index, out var known) && !(name.Length > 0 && id.Length > 0 && known.Id.Length > 0 && known.Id != id)) return known;
            return byIndex[index] = Begin();
        }
        if (id.Length > 0) return calls.Find(call => call.Id == id) ?? Begin();
        if (calls.Count == 0) return Begin();
        var last = calls[^1];
        return name.Length > 0 && last.Name.Length > 0 && (name != last.Name || last.IsComplete) ? Begin() : last;
    }

    Call Begin()
    {
        calls.Add(new());
        return calls[^1];
    }

    static string Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? SoundText.Of(SoundText.Loose(value)) : "";

    sealed class Call
    {
        static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        readonly StringBuilder arguments = new();
        readonly List<(string Name, string Raw)> fields = [];
        readonly List<(string Name, string Raw)> functionFields = [];

        public string Id { get; private set; } = "";

        public string Name { get; private set; } = "";

        public string Arguments => string.IsNullOrWhiteSpace(arguments.ToString()) ? "{}" : SoundText.Of(arguments.ToString());

        public bool IsComplete
        {
            get
            {
                try
                {
                    using var document = JsonDocument.Parse(arguments.ToString());
                    return true;
                }
                catch (JsonException)
                {
                    return false;
                }
            }
        }

        public void Take(JsonElement fragment, JsonElement function, string id, string name)
        {
            if (Id.Length == 0) Id = id;
            // A name is sent once, or with every fragment; a rare server cuts it in two.
            if (name.Length > 0 && name != Name) Name += name;
            if (function.ValueKind == JsonValueKind.Object)
            {
                if (function.TryGetProperty("arguments", out var given)) TakeArguments(given);
                Keep(functionFields, function, static field => field is not ("name" or "arguments"));
            }
            Keep(fields, fragment, static field => field is not ("id" or "type" or "index" or "function"));
        }

        void TakeArguments(JsonElement given)
        {
            if (given.ValueKind == JsonValueKind.String) arguments.Append(SoundText.Loose(given));
            else if (given.ValueKind != JsonValueKind.Null) arguments.Append(given.GetRawText());
        }

        static void Keep(List<(string Name, string Raw)> kept, JsonElement owner, Func<string, bool> wanted)
        {
            foreach (var property in owner.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Null || !wanted(property.Name)) continue;
                kept.RemoveAll(field => field.Name == property.Name);
                kept.Add((property.Name, property.Value.GetRawText()));
            }
        }

        public string? Extra
        {
            get
            {
                if (fields.Count == 0 && functionFields.Count == 0) return null;
                var buffer = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(buffer, Options))
                {
                    writer.WriteStartObject();
                    Write(writer, fields);
                    if (functionFields.Count > 0)
                    {
                        writer.WriteStartObject("function");
                        Write(writer, functionFields);
                        writer.WriteEndObject();
                    }
                    writer.WriteEndObject();
                }
                return Encoding.UTF8.GetString(buffer.WrittenSpan);
            }
        }

        static void Write(Utf8JsonWriter writer, List<(string Name, string Raw)> fields)
        {
            foreach (var (name, raw) in fields)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(raw);
            }
        }
    }
}
