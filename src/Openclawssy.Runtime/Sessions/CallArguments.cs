using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Sessions;

/// <summary>A call's arguments, which a model server takes only as a JSON object: whole, or replaced by an object that says so.</summary>
static class CallArguments
{
    /// <summary>The arguments when they are a JSON object of at most <paramref name="maxChars"/>, else <c>{"omitted":"…"}</c>.</summary>
    public static string Within(string arguments, int maxChars)
    {
        arguments = WellFormed.Of(arguments.Trim());
        if (arguments.Length == 0) return Omitted("not recorded");
        if (arguments.Length > maxChars) return Omitted(string.Create(CultureInfo.InvariantCulture, $"{arguments.Length} characters"));
        return IsObject(arguments) ? arguments : Omitted("not a JSON object");
    }

    static string Omitted(string why) => $$"""{"omitted":"{{why}}"}""";

    static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
