using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Configuration;

/// <summary>Changes keys of the configuration: those on <see cref="ConfigUpdates"/>' list, and of these an agent only what widens nothing.</summary>
public sealed class ConfigSet() : Tool<ConfigSet.Input, ConfigSet.Output>(ConfigSetJson.Default)
{
    public sealed record Input(
        [property: Description("The keys to change and their new values; at least one.")] ConfigUpdates Updates,
        [property: Description("Only check, and show what would come of it.")] bool DryRun = false);

    public sealed record Output(
        [property: Description("The keys, by name.")] IReadOnlyList<string> UpdatedFields,
        [property: Description("As given; true means nothing was written.")] bool DryRun,
        [property: Description("The configuration with the changes, secrets hidden.")] JsonElement? Config);

    public override string Name => "config.set";
    public override string Description =>
        "Change some keys of the configuration, all or none; it counts from the next run. Keys of network, shell and agents decide what agents may reach, so only a person can change them; discord's only while it is switched on.";
    public override Reach Reach => Reach.Configuration;

    protected override void Check(Input input)
    {
        if (Fields(input.Updates).Count == 0) throw ToolException.InvalidInput("$.updates: is empty; give at least one key", "$.updates");
    }

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var change = scope.Configuration.Change(Fields(input.Updates), input.DryRun);
        var names = string.Join(", ", change.Fields);
        return Task.FromResult(new Answer<Output>(
            new(change.Fields, input.DryRun, ConfigGet.Parse(change.ConfigJson)), input.DryRun ? $"{names} could be changed so; nothing was written" : $"changed {names}"));
    }

    static List<FieldUpdate> Fields(ConfigUpdates updates) =>
    [
        .. JsonSerializer.SerializeToElement(updates, ConfigSetJson.Default.ConfigUpdates).EnumerateObject()
            .Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(field => new FieldUpdate(field.Name, field.Value.GetRawText())),
    ];
}

/// <summary>The keys <c>config.set</c> knows; the same as those the table of keys opens to it.</summary>
public sealed record ConfigUpdates(
    [property: JsonPropertyName("output.thinking_mode"), Description("When a model's thinking is shown: never, on_error or always.")] string? ThinkingMode = null,
    [property: JsonPropertyName("output.max_thinking_chars"), Description("How much of it is kept, in characters."), Bounds(64, 100_000)] int? MaxThinkingChars = null,
    [property: JsonPropertyName("chat.rate_limit_per_min"), Description("Messages a minute from one sender."), Bounds(1, 1_000_000)] int? ChatRateLimit = null,
    [property: JsonPropertyName("chat.global_rate_limit_per_min"), Description("Messages a minute from all senders."), Bounds(1, 1_000_000)] int? ChatGlobalRateLimit = null,
    [property: JsonPropertyName("discord.rate_limit_per_min"), Description("Messages a minute from one sender on Discord."), Bounds(1, 1_000_000)] int? DiscordRateLimit = null,
    [property: JsonPropertyName("discord.command_prefix"), Description("What a message to the bot begins with.")] string? DiscordCommandPrefix = null,
    [property: JsonPropertyName("engine.max_concurrent_runs"), Description("Runs at work at the same time."), Bounds(1, 10_000)] int? MaxConcurrentRuns = null,
    [property: JsonPropertyName("scheduler.max_concurrent_jobs"), Description("Jobs at work at the same time."), Bounds(1, 1000)] int? MaxConcurrentJobs = null,
    [property: JsonPropertyName("network.enabled"), Description("A person only: web requests at all.")] bool? NetworkEnabled = null,
    [property: JsonPropertyName("network.allowed_domains"), Description("A person only: hosts that may be reached.")] IReadOnlyList<string>? AllowedDomains = null,
    [property: JsonPropertyName("network.allow_localhosts"), Description("A person only: this machine's own addresses.")] bool? AllowLocalhosts = null,
    [property: JsonPropertyName("shell.enable_exec"), Description("A person only, and only with an active sandbox: running commands.")] bool? EnableExec = null,
    [property: JsonPropertyName("agents.enabled_agent_ids"), Description("A person only: agents that may run; empty means all.")] IReadOnlyList<string>? EnabledAgentIds = null,
    [property: JsonPropertyName("agents.allow_inter_agent_messaging"), Description("A person only: agents writing to one another.")] bool? AllowMessaging = null,
    [property: JsonPropertyName("agents.allow_agent_model_overrides"), Description("A person only: agents with models of their own.")] bool? AllowModelOverrides = null);

[JsonSerializable(typeof(ConfigSet.Input))]
[JsonSerializable(typeof(ConfigSet.Output))]
sealed partial class ConfigSetJson : JsonSerializerContext;
