using Microsoft.Extensions.AI;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Makes the client a run talks to, from the configuration. Connections are shared by the runs of one process.</summary>
sealed class ModelClients(OpenclawssyConfig config, World world, string root, EgressClient client)
{
    /// <summary>Longest rehearsal script, in bytes.</summary>
    const int MaxScriptBytes = 4 * 1024 * 1024;

    readonly Dictionary<string, ModelDoor> doors = [];

    /// <exception cref="ModelException"><c>model.misconfigured</c>, naming the setting.</exception>
    public IChatClient Of(ModelOptions options)
    {
        var provider = config.Providers[options.Provider];
        if (options.Provider == KnownProviders.Rehearsal) return new Rehearsal(ReadScript(provider.Script));
        var endpoint = EndpointOf(options.Provider, options.Model);
        return new ChatCompletionsClient(endpoint, Keys, DoorTo(endpoint.BaseUrl), world.Clock);
    }

    /// <summary>Where a key is looked for: secret store (arrives with the control plane), environment, configuration.</summary>
    public ICredentialSource Keys { get; } = new Credentials(
        stored: _ => null, world.Variable, configured: name => config.Providers.TryGetValue(name, out var provider) ? provider.ApiKey?.Reveal() : null);

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
