using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// A requested call in two forms: what may be written and shown, and what the tool will be given. Only the gate reads the second.
/// </summary>
public sealed class CapturedCall
{
    CapturedCall(ModelCall shown, Tool? tool, string arguments, IReadOnlyList<string> notCaptured) =>
        (Shown, Tool, Arguments, NotCaptured) = (shown, tool, arguments, notCaptured);

    public ModelCall Shown { get; }
    internal Tool? Tool { get; }
    internal string Arguments { get; }

    /// <summary>Names of the fields whose values were taken out.</summary>
    public IReadOnlyList<string> NotCaptured { get; }

    /// <summary>
    /// Takes sensitive fields out by schema, before the call is written, streamed or sent anywhere. Arguments that are no JSON
    /// object cannot be searched for them, so for a tool that has sensitive fields nothing of such arguments is kept.
    /// </summary>
    /// <param name="digestKey">Random, of this run only: equal values are recognisable inside the run and nowhere else.</param>
    internal static CapturedCall Of(ModelCall call, Tool? tool, byte[] digestKey)
    {
        if (tool is null || tool.SensitiveFields.Count == 0) return new(call, tool, call.Arguments, []);
        try
        {
            using var parsed = JsonDocument.Parse(call.Arguments);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object) return Withhold(call, tool);
            var taken = new List<string>();
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                foreach (var property in parsed.RootElement.EnumerateObject())
                {
                    if (!tool.SensitiveFields.Contains(property.Name))
                    {
                        property.WriteTo(json);
                        continue;
                    }
                    taken.Add(property.Name);
                    var digest = HMACSHA256.HashData(digestKey, Encoding.UTF8.GetBytes(property.Value.GetRawText()));
                    json.WriteString(property.Name, $"[not captured:{Convert.ToHexStringLower(digest.AsSpan(0, 8))}]");
                }
                json.WriteEndObject();
            }
            return taken.Count == 0
                ? new(call, tool, call.Arguments, [])
                : new(call with { Arguments = Encoding.UTF8.GetString(buffer.WrittenSpan) }, tool, call.Arguments, taken);
        }
        catch (JsonException)
        {
            return Withhold(call, tool);
        }
    }

    static CapturedCall Withhold(ModelCall call, Tool tool) =>
        new(call with { Arguments = """{"not_captured":"the arguments were not a JSON object"}""" }, tool, call.Arguments, [.. tool.SensitiveFields.Order(StringComparer.Ordinal)]);
}
