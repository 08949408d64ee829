using System.CommandLine;
using System.Globalization;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Cli;

/// <summary><c>secrets list [--json]</c>: names, versions, dates and bindings; no values.</summary>
sealed class SecretsListCommand() : CliCommand("list", "list the secrets by name; values are never shown")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => SecretsAtHand.WithAsync(context, secrets =>
    {
        using var vault = secrets.Store.Unlock();
        if (context.Parse.GetValue(json)) PrintJson(vault.Secrets, context);
        else Print(vault.Secrets, context);
    });

    static void Print(IReadOnlyList<SecretFacts> secrets, CommandContext context)
    {
        if (secrets.Count == 0) context.Error.WriteLine("there are no secrets; `openclawssy secrets set NAME` stores one");
        Table.Write(context.Out, [.. secrets.Select(secret => (string[])[secret.Name.ToString(), $"v{secret.Version}", Date(secret), secret.Binding?.ToString() ?? "bound to no host"])]);
    }

    static void PrintJson(IReadOnlyList<SecretFacts> secrets, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteStartArray("secrets");
        foreach (var secret in secrets)
        {
            into.WriteStartObject();
            into.WriteString("name", secret.Name.ToString());
            into.WriteNumber("version", secret.Version);
            into.WriteString("created_at", Date(secret));
            into.WriteStartArray("hosts");
            foreach (var host in secret.Binding?.Hosts ?? []) into.WriteStringValue(host);
            into.WriteEndArray();
            into.WriteString("header", secret.Binding is { Hosts.Count: > 0 } sent ? sent.Header : null);
            into.WriteStartArray("variables");
            foreach (var variable in secret.Binding?.Variables ?? []) into.WriteStringValue(variable);
            into.WriteEndArray();
            into.WriteEndObject();
        }
        into.WriteEndArray();
        into.WriteEndObject();
    });

    static string Date(SecretFacts secret) => secret.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
