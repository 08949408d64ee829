using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Secrets;

/// <summary>Stores a secret. Its value is taken out of the call by schema before anything of it is written.</summary>
public sealed class SecretsSet() : Tool<SecretsSet.Input, SecretsSet.Output>(SecretsSetJson.Default)
{
    public sealed record Input(
        [property: Description("Name, for example provider/openrouter/api_key.")] string Key,
        [property: Description("The value, 8 characters to 16 KiB."), Sensitive] string Value);

    public sealed record Output(string Key, bool Updated, string Summary);

    public override string Name => "secrets.set";
    public override string Description => "Store a secret under a name. It is encrypted and can be sent only where the operator bound it; it can never be read back.";
    public override Reach Reach => Reach.Secrets;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var stored = scope.Secrets.Store(input.Key, input.Value);
        var summary = $"stored secret key {stored.Name}";
        return Task.FromResult(new Answer<Output>(new(stored.Name, true, summary), summary));
    }
}

[JsonSerializable(typeof(SecretsSet.Input))]
[JsonSerializable(typeof(SecretsSet.Output))]
sealed partial class SecretsSetJson : JsonSerializerContext;
