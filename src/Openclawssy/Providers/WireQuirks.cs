using Openclawssy.Runtime.Config;

namespace Openclawssy.Providers;

/// <summary>Where servers of the same protocol differ.</summary>
/// <param name="MaxTokensField">Name of the field that limits the answer.</param>
/// <param name="Usage">How token counts are asked for.</param>
/// <param name="TakesFieldsBack">False for servers that refuse a request which repeats their own reasoning fields.</param>
/// <param name="TellsCost">True for servers whose <c>usage.cost</c> is in US dollars; elsewhere nobody knows what the number means.</param>
sealed record WireQuirks(string MaxTokensField = "max_tokens", UsageRequest Usage = UsageRequest.StreamOptions, bool TakesFieldsBack = true, bool TellsCost = false)
{
    // Hosts people reach as "generic" that answer 400 or 422 to a field they do not know.
    static readonly HashSet<string> TakeNothingBack = new(StringComparer.OrdinalIgnoreCase) { "api.groq.com", "api.mistral.ai" };

    // Counts without being asked and refuses the question.
    static readonly HashSet<string> CountUnasked = new(StringComparer.OrdinalIgnoreCase) { "api.mistral.ai" };

    // One credit is one US dollar there.
    static readonly HashSet<string> TellCost = new(StringComparer.OrdinalIgnoreCase) { "openrouter.ai" };

    /// <summary>The configured habits of a provider, and what is known of the server behind its address.</summary>
    public static WireQuirks Of(string name, ProviderConfig provider, Uri address) => new(
        provider.MaxTokensField, CountUnasked.Contains(address.Host) ? UsageRequest.Always : provider.Usage, !TakeNothingBack.Contains(address.Host),
        name == "openrouter" || TellCost.Contains(address.Host));
}
