using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Cli;

/// <summary>The part of <c>doctor</c> about the model and those behind it: settings and key, and with <c>--online</c> one real call to each.</summary>
sealed class ModelChecks(CommandContext context, OpenclawssyConfig config, StoredSecrets secrets) : IDisposable
{
    readonly EgressClient egress = EgressClient.OfSystem(TimeProvider.System);

    public void Dispose() => egress.Dispose();

    public async IAsyncEnumerable<Finding> RunAsync(bool online, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var models = new ModelClients(OneCall.Alone(config), context.World, context.Root, egress, secrets.Use);
        foreach (var target in config.Model.Fallbacks.Select(choice => new WireTarget(choice.Provider, choice.Name)).Prepend(new(config.Model.Provider, config.Model.Name)))
        {
            var settings = Settings(models, target);
            yield return settings;
            if (online && target.Provider != KnownProviders.Rehearsal && settings.Health != Health.Failed) yield return await CallAsync(models, target, cancellationToken);
        }
        foreach (var (name, provider) in config.Providers)
            if (provider.ApiKey is not null)
                yield return new("keys", Health.Warning, $"providers.{name}.api_key is written in the configuration, where whoever reads the file has it",
                    $"store it with `openclawssy secrets set provider/{name}/api_key`, and take it out of the file");
        if (config.Discord.Token is not null)
            yield return new("keys", Health.Warning, "discord.token is written in the configuration, where whoever reads the file has it", "store it with `openclawssy secrets set discord/bot_token`, and take it out of the file");
    }

    static Finding Settings(ModelClients models, WireTarget target)
    {
        var name = $"{target.Provider}/{target.Model}";
        if (target.Provider == KnownProviders.Rehearsal) return new("model", Health.Ok, $"{name} plays a script; no network, no key");
        try
        {
            var endpoint = models.EndpointOf(target.Provider, target.Model);
            var key = models.Keys.KeyFor(endpoint);
            return new("model", Health.Ok, $"{name} at {endpoint.Address}, {(key.IsSent ? $"key from {key.Source}" : "no key is sent: keyless")}");
        }
        catch (ModelException problem) when (problem.Code == ModelErrorCodes.NoKey) { return new("model", Health.Warning, problem.Message, "without it `openclawssy ask` fails; a typed /tool works"); }
        catch (ModelException problem) { return new("model", Health.Failed, problem.Message, "`openclawssy ask` fails until this is corrected"); }
    }

    async Task<Finding> CallAsync(ModelClients models, WireTarget target, CancellationToken cancellationToken)
    {
        try
        {
            await OneCall.AskAsync(models, target, context.World.Clock, cancellationToken);
            return new("online", Health.Ok, $"{target.Provider}/{target.Model} was asked and answered");
        }
        catch (ModelException problem) { return new("online", Health.Failed, problem.Message, Next(problem.Code, target)); }
    }

    static string Next(string code, WireTarget target) => code switch
    {
        ModelErrorCodes.NoKey or ModelErrorCodes.Unauthorized => $"`openclawssy secrets set provider/{target.Provider}/api_key` stores another key",
        ModelErrorCodes.NotFound => "correct model.name, or the provider's base_url",
        ModelErrorCodes.Unreachable => "check that the server runs and can be reached from here, and the provider's base_url",
        _ => "try again later, or choose another model with `openclawssy setup`",
    };
}
