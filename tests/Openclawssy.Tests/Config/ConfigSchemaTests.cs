using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigSchemaTests
{
    [Fact]
    public void The_table_and_the_records_say_the_same()
    {
        var rows = ConfigSchema.Keys.ToDictionary(key => key.Path);
        var seen = new HashSet<string>();
        Compare(JsonSerializer.SerializeToElement(new OpenclawssyConfig(), ConfigRecordsJson.Default.OpenclawssyConfig), "", rows, seen);
        Compare(JsonSerializer.SerializeToElement(new AgentProfile(), ConfigRecordsJson.Default.AgentProfile), "agents.profiles.<agent>", rows, seen);
        Compare(JsonSerializer.SerializeToElement(new ModelPrice(), ConfigRecordsJson.Default.ModelPrice), "providers.<provider>.prices.<model>", rows, seen);
        Compare(JsonSerializer.SerializeToElement(new ModelChoice(), ConfigRecordsJson.Default.ModelChoice), "model.fallbacks[]", rows, seen);
        Assert.Empty(rows.Keys.Except(seen));
    }

    static void Compare(JsonElement element, string path, Dictionary<string, ConfigKey> rows, HashSet<string> seen)
    {
        if (rows.TryGetValue(path, out var row))
        {
            seen.Add(path);
            // Each provider has defaults of its own; KnownProviders is their only place.
            if (!path.StartsWith("providers.", StringComparison.Ordinal)) Assert.Equal((path, Plain(element)), (path, row.Default.Replace("_", "", StringComparison.Ordinal).Replace("besteffort", "bestEffort", StringComparison.Ordinal)));
            return;
        }
        if (element.ValueKind == JsonValueKind.Array || path is "agents.profiles" || path.EndsWith(".prices", StringComparison.Ordinal))
        {
            Assert.Contains(rows.Keys, key => key.StartsWith(path + (element.ValueKind == JsonValueKind.Array ? "[]." : ".<"), StringComparison.Ordinal));
            return;
        }
        Assert.True(element.ValueKind == JsonValueKind.Object, $"{path} is a property of a record but not in the table");
        foreach (var property in element.EnumerateObject())
        {
            var name = path == "providers" ? "<provider>" : property.Name;
            Compare(property.Value, path.Length == 0 ? name : $"{path}.{name}", rows, seen);
        }
    }

    /// <summary>A record's value as the table writes it: enumerations come without their underscores.</summary>
    static string Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String when element.GetString() is "" => "",
        JsonValueKind.String when element.GetString() is var text && char.IsUpper(text![0]) && text != "GLM-4.7" && text != "DISCORD_BOT_TOKEN" => $"\"{char.ToLowerInvariant(text[0])}{text[1..]}\"",
        _ => element.GetRawText().Replace("_", "", StringComparison.Ordinal),
    };

    [Fact]
    public void Every_key_has_a_sentence() =>
        Assert.All(ConfigSchema.Keys, key => Assert.True(key.Doc.Length > 10 && key.Doc.EndsWith('.'), key.Path));

    [Fact]
    public void The_sections_stand_in_the_order_of_the_file() => Assert.Equal(
        ["network", "shell", "sandbox", "server", "engine", "scheduler", "output", "workspace", "model", "providers", "agents", "chat", "discord", "secrets", "memory", "audit", "runs"],
        ConfigSchema.Root.Members.Select(member => member.Name));

    [Fact]
    public void An_agent_may_change_nothing_that_widens_its_reach()
    {
        Assert.Equal(
        [
            "chat.global_rate_limit_per_min", "chat.rate_limit_per_min", "discord.command_prefix", "discord.rate_limit_per_min", "engine.max_concurrent_runs",
            "output.max_thinking_chars", "output.thinking_mode", "scheduler.max_concurrent_jobs",
        ], ConfigSchema.Keys.Where(key => key.Change == ChangeRight.Granted).Select(key => key.Path).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(ConfigSchema.Keys, key => key.Secret && key.Change != ChangeRight.File);
    }

    [Theory]
    [InlineData("model.name", "model.name")]
    [InlineData("providers.zai.base_url", "providers.<provider>.base_url")]
    [InlineData("providers.zai.prices[\"GLM-4.7\"].input", "providers.<provider>.prices.<model>.input")]
    [InlineData("agents.profiles.a.model.name", "agents.profiles.<agent>.model.name")]
    [InlineData("model", null)]
    [InlineData("model.nam", null)]
    public void A_path_finds_its_row(string path, string? expected) => Assert.Equal(expected, ConfigSchema.Find(ConfigPath.Parse(path))?.Path);

    [Theory]
    [InlineData("model.name", "glm", "\"glm\"")]
    [InlineData("model.name", "123", "\"123\"")]
    [InlineData("model.name", "\"glm\"", "\"glm\"")]
    [InlineData("model.max_tokens", "5", "5")]
    [InlineData("network.allowed_domains", "a.test, b.test", "[\"a.test\", \"b.test\"]")]
    [InlineData("network.allowed_domains", "[\"a\"]", "[\"a\"]")]
    [InlineData("network.enabled", "true", "true")]
    [InlineData("output.thinking_mode", "on_error", "\"on_error\"")]
    public void A_word_on_the_command_line_becomes_the_json_it_means(string path, string text, string json) =>
        Assert.Equal(json, ConfigSchema.ToJson(ConfigSchema.Find(ConfigPath.Parse(path))!, text));

    [Fact]
    public void The_published_schema_knows_every_key_and_default()
    {
        using var schema = JsonDocument.Parse(ConfigSchema.ToJsonSchema());
        var root = schema.RootElement;
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
        foreach (var key in ConfigSchema.Keys)
        {
            var node = root;
            foreach (var name in key.Path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.'))
                node = name switch
                {
                    "[]" => node.GetProperty("items"),
                    "<provider>" => node.GetProperty("properties").GetProperty("zai"),
                    _ when name.StartsWith('<') => node.GetProperty("additionalProperties"),
                    _ => node.GetProperty("properties").GetProperty(name),
                };
            Assert.Equal(key.Doc, node.GetProperty("description").GetString());
            Assert.Equal(key.Secret, node.TryGetProperty("writeOnly", out _));
            if (key.Default.Length > 0 && !key.Path.StartsWith("providers.", StringComparison.Ordinal)) Assert.Equal(key.Default, node.GetProperty("default").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        }
        Assert.False(root.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal("https://api.openai.com/v1", root.GetProperty("properties").GetProperty("providers").GetProperty("properties").GetProperty("openai")
            .GetProperty("properties").GetProperty("base_url").GetProperty("default").GetString());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OpenclawssyConfig))]
[JsonSerializable(typeof(AgentProfile))]
[JsonSerializable(typeof(ModelPrice))]
[JsonSerializable(typeof(ModelChoice))]
sealed partial class ConfigRecordsJson : JsonSerializerContext;
