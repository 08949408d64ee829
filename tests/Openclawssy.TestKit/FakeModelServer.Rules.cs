using System.Text;
using System.Text.Json;

namespace Openclawssy.TestKit;

/// <summary>What holds for every request to a model, whatever the test is about.</summary>
public sealed class FakeModelRules
{
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The key in <c>Authorization: Bearer</c>; null accepts any.</summary>
    public string? ExpectedKey { get; set; }

    /// <summary>True for a server that asks for no key: a request with an <c>Authorization</c> header breaks its rules.</summary>
    public bool Keyless { get; set; }

    /// <summary>Values that may appear in no request body, in no form.</summary>
    public IList<string> PlantedSecrets { get; } = [];

    /// <summary>Largest body, in bytes.</summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// True for a server that knows only words: a request without tools has at most one system message, at the beginning, then user and assistant
    /// in turn, the user first, and nobody is silent.
    /// </summary>
    public bool PlainTurns { get; set; }

    /// <summary>Every rule the request breaks.</summary>
    public IReadOnlyList<string> Check(FakeRequest request)
    {
        var broken = new List<string>();
        if (request.Method != "POST" || request.Path != "/v1/chat/completions") broken.Add($"{request.Method} {request.Path} is not POST /v1/chat/completions");
        var authorization = request.Headers.GetValueOrDefault("Authorization") ?? "";
        if (Keyless)
        {
            if (request.Headers.ContainsKey("Authorization")) broken.Add("there is an Authorization header, and the server asks for no key");
        }
        else if (ExpectedKey is null ? !authorization.StartsWith("Bearer ", StringComparison.Ordinal) || authorization.Length <= "Bearer ".Length : authorization != "Bearer " + ExpectedKey)
            broken.Add("the Authorization header is not the expected bearer key");
        if (request.Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) != true) broken.Add("the content type is not application/json");
        foreach (var name in (string[])["Cookie", "traceparent", "Proxy-Authorization", "Referer"])
            if (request.Headers.ContainsKey(name)) broken.Add($"there is a {name} header");
        if (request.Body.Length > MaxBodyBytes) broken.Add($"the body has {request.Body.Length} bytes, more than {MaxBodyBytes}");
        LookForSecrets(request.Text, broken);
        try
        {
            using var document = JsonDocument.Parse(request.Body, Strict);
            CheckBody(document.RootElement, broken);
        }
        catch (JsonException error)
        {
            broken.Add($"the body is no strict JSON: {error.Message}");
        }
        return broken;
    }

    void LookForSecrets(string body, List<string> broken)
    {
        foreach (var secret in ExpectedKey is { Length: >= 8 } ? PlantedSecrets.Append(ExpectedKey) : PlantedSecrets)
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            foreach (var form in (string[])[secret, Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexStringLower(bytes), Uri.EscapeDataString(secret)])
                if (body.Contains(form, StringComparison.OrdinalIgnoreCase))
                {
                    broken.Add("a planted secret is in the body");
                    break;
                }
        }
    }

    void CheckBody(JsonElement body, List<string> broken)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            broken.Add("the body is no object");
            return;
        }
        if (TextOf(body, "model").Length == 0) broken.Add("there is no model");
        if (body.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array && messages.GetArrayLength() > 0) CheckMessages(messages, broken);
        else broken.Add("there are no messages");
        if (body.TryGetProperty("tools", out var tools)) CheckTools(tools, broken);
        else if (PlainTurns && messages.ValueKind == JsonValueKind.Array) CheckPlainTurns(messages, broken);
        if (body.TryGetProperty("tool_choice", out _) && !body.TryGetProperty("tools", out _)) broken.Add("tool_choice without tools");
    }

    static void CheckMessages(JsonElement messages, List<string> broken)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        var role = "";
        foreach (var message in messages.EnumerateArray())
        {
            number++;
            role = TextOf(message, "role");
            if (role is not ("system" or "user" or "assistant" or "tool")) broken.Add($"message {number} has the role \"{role}\"");
            if (role == "tool")
            {
                if (!open.Remove(TextOf(message, "tool_call_id"))) broken.Add($"message {number} answers the call \"{TextOf(message, "tool_call_id")}\", which is not open");
            }
            else if (open.Count > 0)
            {
                broken.Add($"message {number} comes before the call(s) {string.Join(", ", open)} were answered");
                open.Clear();
            }
            var hasCalls = message.TryGetProperty("tool_calls", out var calls);
            if (!message.TryGetProperty("content", out var content) || content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array) && !(hasCalls && content.ValueKind == JsonValueKind.Null))
                broken.Add($"message {number} has no content");
            if (hasCalls) CheckCalls(calls, number, role, open, broken);
        }
        if (open.Count > 0) broken.Add($"the call(s) {string.Join(", ", open)} were never answered");
        if (role == "assistant") broken.Add("the last message is the model's own");
    }

    static void CheckPlainTurns(JsonElement messages, List<string> broken)
    {
        var expected = "user";
        var number = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var role = TextOf(message, "role");
            if (number++ == 0 && role == "system") continue;
            if (role != expected) broken.Add($"message {number} has the role \"{role}\" where \"{expected}\" is due");
            if (string.IsNullOrWhiteSpace(TextOf(message, "content"))) broken.Add($"message {number} has no words");
            expected = role == "user" ? "assistant" : "user";
        }
    }

    static void CheckCalls(JsonElement calls, int number, string role, HashSet<string> open, List<string> broken)
    {
        if (role != "assistant" || calls.ValueKind != JsonValueKind.Array || calls.GetArrayLength() == 0)
        {
            broken.Add($"message {number} has misplaced or empty tool_calls");
            return;
        }
        foreach (var call in calls.EnumerateArray())
        {
            var id = TextOf(call, "id");
            if (id.Length == 0 || !open.Add(id)) broken.Add($"message {number} has a call with an empty or repeated id \"{id}\"");
            if (TextOf(call, "type") != "function" || !call.TryGetProperty("function", out var function))
            {
                broken.Add($"message {number} has a call that is no function");
                continue;
            }
            if (!IsLegalName(TextOf(function, "name"))) broken.Add($"message {number} calls the illegal name \"{TextOf(function, "name")}\"");
            try
            {
                using var arguments = JsonDocument.Parse(TextOf(function, "arguments"));
                if (arguments.RootElement.ValueKind != JsonValueKind.Object) broken.Add($"message {number} has arguments that are no object");
            }
            catch (JsonException)
            {
                broken.Add($"message {number} has arguments that are no JSON");
            }
        }
    }

    static void CheckTools(JsonElement tools, List<string> broken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() == 0)
        {
            broken.Add("tools is empty or no list");
            return;
        }
        foreach (var tool in tools.EnumerateArray())
        {
            if (TextOf(tool, "type") != "function" || !tool.TryGetProperty("function", out var function))
            {
                broken.Add("a tool is no function");
                continue;
            }
            var name = TextOf(function, "name");
            if (!IsLegalName(name)) broken.Add($"the tool name \"{name}\" is illegal");
            if (!names.Add(name)) broken.Add($"the tool \"{name}\" is offered twice");
            if (!function.TryGetProperty("parameters", out var schema) || schema.ValueKind != JsonValueKind.Object || TextOf(schema, "type") != "object")
                broken.Add($"the schema of \"{name}\" is no object schema");
            else if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind != JsonValueKind.Object)
                broken.Add($"the properties of \"{name}\" are no object");
        }
    }

    static bool IsLegalName(string name)
    {
        if (name.Length is 0 or > 64) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }

    static string TextOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
