using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Secrets;

/// <summary>Says what is known of one secret and how to refer to it. There is no way to its value.</summary>
public sealed class SecretsGet() : Tool<SecretsGet.Input, SecretsGet.Output>(SecretsGetJson.Default)
{
    public sealed record Input([property: Description("Name, for example provider/openrouter/api_key.")] string Key);

    public sealed record Output(
        [property: Description("The name, as it is stored.")] string Key,
        [property: Description("Whether there is such a secret.")] bool Found,
        [property: Description("What to put into a header of http.request, or a variable of shell.exec, in place of the value.")] Reference? Reference,
        [property: Description("How often it was set.")] int? Version,
        [property: Description("When it was set last, UTC.")] string? UpdatedAt,
        [property: Description("Hosts it may be sent to.")] IReadOnlyList<string>? BoundTo,
        [property: Description("The header it may be sent in.")] string? Header,
        [property: Description("Variables commands may have it in.")] IReadOnlyList<string>? Variables);

    public sealed record Reference([property: Description("The secret's name.")] string Secret);

    public override string Name => "secrets.get";
    public override string Description => "Look up a stored secret: whether it exists, where it may be sent, and the reference that stands for it. The value is never returned.";
    public override Reach Reach => Reach.Secrets;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var answer = scope.Secrets.Find(input.Key) is { } secret
            ? new Output(secret.Name, true, new(secret.Name), secret.Version, secret.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), secret.BoundTo, secret.Header, secret.Variables.Count > 0 ? secret.Variables : null)
            : new Output(input.Key, false, null, null, null, null, null, null);
        return Task.FromResult(new Answer<Output>(answer, answer.Found ? $"secret {answer.Key} exists" : $"there is no secret {input.Key}"));
    }
}

[JsonSerializable(typeof(SecretsGet.Input))]
[JsonSerializable(typeof(SecretsGet.Output))]
sealed partial class SecretsGetJson : JsonSerializerContext;
