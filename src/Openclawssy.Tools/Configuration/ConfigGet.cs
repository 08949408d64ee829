using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Configuration;

/// <summary>Shows the configuration in force, secrets hidden.</summary>
public sealed class ConfigGet() : Tool<ConfigGet.Input, ConfigGet.Output>(ConfigGetJson.Default)
{
    /// <summary>The name of the whole, beside those of keys.</summary>
    const string Everything = "config";

    public sealed record Input([property: Description("A key or section, for example output.thinking_mode; left out, the whole configuration.")] string? Field = null);

    public sealed record Output(
        [property: Description("The whole configuration, when no field was given.")] JsonElement? Config = null,
        [property: Description("As given.")] string? Field = null,
        [property: Description("That key's value; null when it says nothing.")] JsonElement? Value = null);

    public override string Name => "config.get";
    public override string Description => "Show the configuration in force, or one key of it. Secrets are never shown.";
    public override Reach Reach => Reach.Configuration;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var answer = input.Field is null or Everything
            ? new Answer<Output>(new(Config: Parse(scope.Configuration.Whole())), "the configuration")
            : new Answer<Output>(new(Field: input.Field, Value: Parse(scope.Configuration.Value(input.Field))), $"the value of {input.Field}");
        return Task.FromResult(answer);
    }

    internal static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

[JsonSerializable(typeof(ConfigGet.Input))]
[JsonSerializable(typeof(ConfigGet.Output))]
sealed partial class ConfigGetJson : JsonSerializerContext;
