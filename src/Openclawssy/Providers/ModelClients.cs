using Microsoft.Extensions.AI;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Providers;

/// <summary>
/// Makes the client a run talks to, from the configuration: fallback around retry around ledger around wire, so that each attempt is
/// metered and an event. One stack for each model and one connection pool for each server, shared by the runs of one process.
/// </summary>
/// <param name="stored">Value of a stored secret for one destination; null when there is none.</param>
sealed class ModelClients(OpenclawssyConfig config, World world, string root, EgressClient client, Func<SecretName, SecretDestination, string?> stored)
{
    /// <summary>Longest rehearsal script, in bytes.</summary>
    const int MaxScriptBytes = 4 * 1024 * 1024;

    readonly Dictionary<string, ModelDoor> doors = [];
    readonly SpokenModels spoken = new();
    readonly Dictionary<WireTarget, IChatClient> chains = [];
    readonly Dictionary<WireTarget, IChatClient> stacks = [];
    readonly RestingModels resting = new(world.Clock);

    /// <summary>The model, and behind it <c>model.fallbacks</c> in their order. What is wrong with one of them shows when it is asked.</summary>
    public IChatClient Of(ModelOptions options)
    {
        var first = new WireTarget(options.Provider, options.Model);
        lock (chains)
        {
            if (chains.TryGetValue(first, out var known)) return known;
            var targets = config.Model.Fallbacks.Select(choice => new WireTarget(choice.Provider, choice.Name)).Where(target => target != first).Prepend(first);
            return chains[first] = new FallbackClient([.. targets.Select(target => new FallbackStep(target, () => StackOf(target)))], resting);
        }
    }

    IChatClient StackOf(WireTarget target)
    {
        lock (stacks) return stacks.TryGetValue(target, out var known) ? known : stacks[target] = new RetryingClient(Speaking(MeteredWire(target)), target, world.Clock, Installation.Chance);
    }

    /// <summary>What a model may write into its words is taken out of them: thinking first, then calls, so that no thought is carried out.</summary>
    IChatClient Speaking(LedgerClient wire)
    {
        var thinking = new ThinkingTagsClient(wire);
        return config.Model.ToolProtocol switch
        {
            ToolProtocol.Text => new SpokenToolsClient(thinking),
            ToolProtocol.Native => thinking,
            _ => new ToolProtocolClient(thinking, spoken),
        };
    }

    /// <summary>The only place where a wire is made: nothing but its ledger ever holds one (WallTests look for a second place).</summary>
    /// <exception cref="ModelException"><c>model.misconfigured</c>, naming the setting.</exception>
    LedgerClient MeteredWire(WireTarget target)
    {
        var provider = config.Providers[target.Provider];
        var price = provider.Prices.GetValueOrDefault(target.Model);
        if (target.Provider == KnownProviders.Rehearsal) return new(new Rehearsal(ReadScript(provider.Script)), price);
        var endpoint = EndpointOf(target.Provider, target.Model);
        return new(new ChatCompletionsClient(endpoint, Keys, DoorTo(endpoint.BaseUrl), world.Clock), price);
    }

    /// <summary>Where a key is looked for: secret store, environment, configuration.</summary>
    public ICredentialSource Keys { get; } = new Credentials(
        stored, world.Variable, configured: name => config.Providers.TryGetValue(name, out var provider) ? provider.ApiKey?.Reveal() : null);

    public ModelEndpoint EndpointOf(string provider, string model) => ModelEndpoint.Of(provider, config.Providers[provider], model, config.Model.ContextWindow);

    ModelDoor DoorTo(Uri address)
    {
        lock (doors)
        {
            var origin = address.GetLeftPart(UriPartial.Authority);
            return doors.TryGetValue(origin, out var door) ? door : doors[origin] = new(address, client);
        }
    }

    RehearsalScript ReadScript(string script)
    {
        var path = Path.GetFullPath(script, root);
        try
        {
            var file = new FileInfo(path);
            if (file.Length > MaxScriptBytes) throw new ModelException(ModelErrorCodes.Misconfigured, $"the rehearsal {path} is longer than {MaxScriptBytes} bytes");
            return RehearsalScript.Parse(File.ReadAllText(path), path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelErrorCodes.Misconfigured, $"the rehearsal {path} (providers.rehearsal.script) cannot be read: {problem.Message}", inner: problem);
        }
    }
}
