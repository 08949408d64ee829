using System.Text;
using Openclawssy.Cli;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Secrets;

namespace Openclawssy.Setup;

/// <summary>The part of the wizard about who answers: provider, address, model, key.</summary>
sealed class ModelQuestions(IQuestions questions, SetupGiven given, Surveyed found)
{
    /// <summary>What is offered where nothing is configured; the person may type any other.</summary>
    static readonly Dictionary<string, string> usualModels = new(StringComparer.Ordinal)
    {
        ["openai"] = "gpt-4o-mini",
        ["openrouter"] = "openai/gpt-4o-mini",
        ["requesty"] = "openai/gpt-4o-mini",
        ["zai"] = "GLM-4.7",
    };

    static readonly IReadOnlyList<KnownProvider> offered = [.. KnownProviders.All.Where(provider => provider.Name != KnownProviders.Rehearsal)];

    public async Task<(string Provider, string? BaseUrl, string Model, LocalServer? Server)> WhoAsync(CancellationToken cancellationToken)
    {
        var (provider, server) = await ProviderAsync(cancellationToken);
        var address = server?.BaseUrl.ToString() ?? await AddressAsync(provider, cancellationToken);
        return (provider, address, await ModelAsync(provider, server, cancellationToken), server);
    }

    async Task<(string Provider, LocalServer? Server)> ProviderAsync(CancellationToken cancellationToken)
    {
        if (given.Provider is { } said) return (Known(said), null);
        if (given.BaseUrl is not null) return (KnownProviders.Generic, null);
        var choices = found.Servers.Select(server => new Choice($"{server.Program} on this machine, port {server.BaseUrl.Port}", $"{server.Models.Count} models; nothing leaves the machine"))
            .Concat(offered.Select(provider => new Choice(provider.Name, provider.Doc.Replace("`", "", StringComparison.Ordinal) + (found.KeyVariable(provider) is { } variable ? $"; its key is in {variable}" : "")))).ToList();
        var chosen = await questions.ChooseAsync("Which model provider shall answer?", choices, Preset(), cancellationToken);
        return chosen < found.Servers.Count ? (KnownProviders.Generic, found.Servers[chosen]) : (offered[chosen - found.Servers.Count].Name, null);
    }

    // What is configured; else a provider whose key is at hand; else a server of this machine; else the default.
    int Preset()
    {
        var first = found.Servers.Count;
        if (found.Present is { } present)
        {
            var same = found.Servers.Select((server, at) => (server, at)).FirstOrDefault(entry => present.Model.Provider == KnownProviders.Generic && present.Providers[KnownProviders.Generic].BaseUrl == entry.server.BaseUrl.ToString());
            return same.server is not null ? same.at : first + Math.Max(0, Place(present.Model.Provider));
        }
        if (offered.FirstOrDefault(provider => found.KeyVariable(provider) is not null) is { } ready) return first + Place(ready.Name);
        return first > 0 ? 0 : Place(new ModelConfig().Provider);
    }

    static int Place(string name) => offered.Select(provider => provider.Name).ToList().IndexOf(name);

    static string Known(string name) => offered.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase))?.Name
        ?? throw CliException.Usage($"there is no provider \"{name}\"; nothing was written", $"choose one of {string.Join(", ", offered.Select(provider => provider.Name))}");

    async Task<string?> AddressAsync(string provider, CancellationToken cancellationToken)
    {
        string? Complaint(string address)
        {
            try { ModelEndpoint.Create(provider, address, "any"); return null; }
            catch (ModelException refused) { return refused.Message; }
        }
        if (given.BaseUrl is { } said) return Complaint(said) is { } wrong ? throw CliException.Usage($"{wrong}; nothing was written", null) : BaseUrl.Normalize(said);
        if (provider != KnownProviders.Generic) return null;
        var present = found.Present?.Providers.GetValueOrDefault(provider)?.BaseUrl ?? "";
        return BaseUrl.Normalize(await questions.TextAsync("Address of the server, such as https://models.example.com/v1", present, Complaint, cancellationToken));
    }

    async Task<string> ModelAsync(string provider, LocalServer? server, CancellationToken cancellationToken)
    {
        static string? Complaint(string name) => string.IsNullOrWhiteSpace(name) ? "name a model" : name.Length > 200 || name.Any(char.IsControl) ? "that is no name of a model" : null;
        if (given.Model is { } said) return Complaint(said) is { } wrong ? throw CliException.Usage($"{wrong}; nothing was written", "give --model NAME") : said.Trim();
        var present = found.Present?.Model is { } model && model.Provider == provider ? model.Name : null;
        if (server is null) return await questions.TextAsync("Name of the model", present ?? usualModels.GetValueOrDefault(provider, ""), Complaint, cancellationToken);
        var chosen = await questions.ChooseAsync("Which of its models?", [.. server.Models.Select(name => new Choice(name))], Math.Max(0, server.Models.ToList().IndexOf(present ?? "")), cancellationToken);
        return server.Models[chosen];
    }

    /// <summary>The key to store, if any; and whether the server asks for none.</summary>
    public async Task<(SetupKey Key, bool Keyless)> KeyAsync(string provider, Uri address, CancellationToken cancellationToken)
    {
        if (given.NoKey) return (SetupKey.None, true);
        if (given.Key is { } said) return (new([.. said]), false);
        var mayAskForNone = provider == KnownProviders.Generic && ModelEndpoint.IsNearby(address) || IsKeyless(provider, address);
        if (found.KeyVariable(KnownProviders.All.First(known => known.Name == provider)) is { } variable)
        {
            var chosen = await questions.ChooseAsync($"The key in the environment variable {variable}:",
                [new("leave it there", "it works wherever the variable is set"), new("store it, encrypted", "it works without the variable, too"), new("type another one")], 0, cancellationToken);
            if (chosen == 0) return (SetupKey.None, false);
            if (chosen == 1) return (FromVariable(variable), false);
        }
        var enter = found.HasKey(provider) ? "Enter keeps the one that is there" : mayAskForNone ? "Enter if this server asks for none" : "Enter to give it later";
        var typed = await questions.HiddenAsync($"API key of {provider} (not shown; {enter})", bytes => bytes.Length == 0 ? null : Complaint(bytes), cancellationToken);
        return typed.Length > 0 ? (new(typed), false) : (SetupKey.None, mayAskForNone && !found.HasKey(provider));
    }

    // What was said of one address does not hold for another.
    bool IsKeyless(string provider, Uri address) =>
        found.Present?.Providers.GetValueOrDefault(provider) is { Keyless: true } present && Uri.TryCreate(present.BaseUrl, UriKind.Absolute, out var same) && same == address;

    SetupKey FromVariable(string variable)
    {
        var bytes = Encoding.UTF8.GetBytes(found.Variable(variable)!.Trim());
        return Complaint(bytes) is { } wrong ? throw CliException.Usage($"the key in {variable}: {wrong}; nothing was written", "correct the variable") : new(bytes);
    }

    /// <summary>What is wrong with a key, without repeating it.</summary>
    public static string? Complaint(ReadOnlySpan<byte> key)
    {
        if (key.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return "it holds characters no key has (a space or a line break?)";
        try
        {
            using var value = SecretValue.Of(key);
            return null;
        }
        catch (SecretException refused) { return refused.Message; }
    }
}
