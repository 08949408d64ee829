using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Openclawssy.Providers;

/// <summary>Token counts under the names different servers give them.</summary>
static class TokenCounts
{
    /// <summary>The counts in an object's <c>usage</c>, or null when there are none.</summary>
    public static UsageDetails? Of(JsonElement owner)
    {
        if (!owner.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object) return null;
        var input = Number(usage, "prompt_tokens") ?? Number(usage, "input_tokens");
        var output = Number(usage, "completion_tokens") ?? Number(usage, "output_tokens");
        var total = Number(usage, "total_tokens");
        if (input is null && output is null && total is null) return null;
        return new()
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = total,
            CachedInputTokenCount = Number(usage, "prompt_tokens_details", "cached_tokens") ?? Number(usage, "cached_tokens") ?? Number(usage, "prompt_cache_hit_tokens"),
            ReasoningTokenCount = Number(usage, "completion_tokens_details", "reasoning_tokens") ?? Number(usage, "reasoning_tokens"),
        };
    }

    /// <summary>What the server says the answer cost, in its own unit; null when it does not say, or says nonsense.</summary>
    public static decimal? CostOf(JsonElement owner) =>
        owner.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
        && usage.TryGetProperty("cost", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var cost) && cost >= 0 ? cost : null;

    static long? Number(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;

    static long? Number(JsonElement owner, string outer, string name) =>
        owner.TryGetProperty(outer, out var details) && details.ValueKind == JsonValueKind.Object ? Number(details, name) : null;
}
