using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Secrets;

/// <summary>Names the stored secrets.</summary>
public sealed class SecretsList() : Tool<SecretsList.Input, SecretsList.Output>(SecretsListJson.Default)
{
    public sealed record Input;

    public sealed record Output([property: Description("Names in order; values are never shown.")] IReadOnlyList<string> Keys);

    public override string Name => "secrets.list";
    public override string Description => "List the names of the stored secrets. Their values cannot be read.";
    public override Reach Reach => Reach.Secrets;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var names = scope.Secrets.All().Select(secret => secret.Name).ToList();
        return Task.FromResult(new Answer<Output>(new(names), $"listed {names.Count} secret(s)"));
    }
}

[JsonSerializable(typeof(SecretsList.Input))]
[JsonSerializable(typeof(SecretsList.Output))]
sealed partial class SecretsListJson : JsonSerializerContext;
