using Microsoft.Extensions.AI;

namespace Openclawssy.Runtime.Models;

/// <summary>Where an attempt goes, and in which form tools are spoken of there.</summary>
/// <param name="Protocol"><c>native</c> or <c>text</c>.</param>
public sealed record WireTarget(string Provider, string Model, string Protocol = "native");

/// <summary>What follows a failed attempt.</summary>
/// <param name="Step"><c>retry</c> the same, <c>fallback</c> to the next model, or the same in another <c>protocol</c>.</param>
/// <param name="Wait">How long is waited before.</param>
public sealed record WireNext(string Step, WireTarget Target, TimeSpan Wait);

/// <summary>Is told what really goes over the wire, before it goes, so that each attempt is an event.</summary>
public interface IWireWitness
{
    /// <summary>Called with the exact request body, once per attempt, before the first byte is sent. Throwing stops the attempt.</summary>
    ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Called when an attempt failed and another one follows; the last failure leaves as an exception instead.</summary>
    ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken);
}

/// <summary>
/// The notes our wire and our loop pass through the neutral chat types. A foreign <see cref="IChatClient"/> ignores them and still works.
/// </summary>
public static class WireNotes
{
    const string WitnessKey = "openclawssy.wire_witness";
    const string ExtraKey = "openclawssy.extra";
    const string ArgumentsKey = "openclawssy.arguments";
    const string RejectionKey = "openclawssy.rejection";
    const string ProtocolKey = "openclawssy.protocol";
    const string OriginKey = "openclawssy.origin";
    const string CostKey = "openclawssy.cost_usd";
    const string ToldCostKey = "openclawssy.told_cost_usd";
    const string TimeLeftKey = "openclawssy.time_left";

    public static void SetWitness(this ChatOptions options, IWireWitness witness) => (options.AdditionalProperties ??= [])[WitnessKey] = witness;

    public static IWireWitness? GetWitness(this ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(WitnessKey) as IWireWitness;

    /// <summary>How much time the run still has: nobody waits longer than that for a server that asked to wait.</summary>
    public static void SetTimeLeft(this ChatOptions options, Func<TimeSpan>? left) { if (left is not null) (options.AdditionalProperties ??= [])[TimeLeftKey] = left; }

    public static TimeSpan? GetTimeLeft(this ChatOptions? options) => (options?.AdditionalProperties?.GetValueOrDefault(TimeLeftKey) as Func<TimeSpan>)?.Invoke();

    /// <summary>What the whole call cost in US dollars, as the ledger reckons it.</summary>
    public static void SetCost(this ChatResponseUpdate update, decimal cost) => (update.AdditionalProperties ??= [])[CostKey] = cost;

    public static decimal? GetCost(this ChatResponseUpdate update) => update.AdditionalProperties?.GetValueOrDefault(CostKey) as decimal?;

    /// <summary>What the server says the call cost, in US dollars.</summary>
    public static void SetToldCost(this ChatResponseUpdate update, decimal? cost) { if (cost is not null) (update.AdditionalProperties ??= [])[ToldCostKey] = cost; }

    public static decimal? GetToldCost(this ChatResponseUpdate update) => update.AdditionalProperties?.GetValueOrDefault(ToldCostKey) as decimal?;

    /// <summary>The model an assistant message came from.</summary>
    public static void SetOrigin(this ChatMessage message, WireTarget? from) { if (from is not null) (message.AdditionalProperties ??= [])[OriginKey] = from; }

    public static WireTarget? GetOrigin(this ChatMessage message) => message.AdditionalProperties?.GetValueOrDefault(OriginKey) as WireTarget;

    /// <summary>Fields of an assistant message the server wants back verbatim, as the text of a JSON object.</summary>
    public static void SetExtra(this ChatMessage message, string? json) { if (json is not null) (message.AdditionalProperties ??= [])[ExtraKey] = json; }

    public static string? GetExtra(this ChatMessage message) => message.AdditionalProperties?.GetValueOrDefault(ExtraKey) as string;

    public static void SetExtra(this AIContent content, string? json) { if (json is not null) (content.AdditionalProperties ??= [])[ExtraKey] = json; }

    public static string? GetExtra(this AIContent content) => content.AdditionalProperties?.GetValueOrDefault(ExtraKey) as string;

    public static void SetExtra(this ChatResponseUpdate update, string? json) { if (json is not null) (update.AdditionalProperties ??= [])[ExtraKey] = json; }

    public static string? GetExtra(this ChatResponseUpdate update) => update.AdditionalProperties?.GetValueOrDefault(ExtraKey) as string;

    /// <summary>A tool call whose arguments stay the exact text the model wrote: a dictionary would lose duplicate keys and number forms.</summary>
    public static FunctionCallContent Call(string id, string name, string argumentsJson, string? extra = null)
    {
        var call = new FunctionCallContent(id, name) { AdditionalProperties = new() { [ArgumentsKey] = argumentsJson } };
        call.SetExtra(extra);
        return call;
    }

    /// <summary>The exact argument text, or null when the call came from a client that only gave a dictionary.</summary>
    public static string? GetArgumentsText(this FunctionCallContent call) => call.AdditionalProperties?.GetValueOrDefault(ArgumentsKey) as string;

    /// <summary>Marks a call that was meant but cannot be used; it is answered with the reason and never carried out.</summary>
    public static void SetRejection(this FunctionCallContent call, string reason) => (call.AdditionalProperties ??= [])[RejectionKey] = reason;

    public static string? GetRejection(this FunctionCallContent call) => call.AdditionalProperties?.GetValueOrDefault(RejectionKey) as string;

    /// <summary>How the request speaks of tools, one of <see cref="ToolProtocols"/>.</summary>
    public static void SetProtocol(this ChatOptions options, string protocol) => (options.AdditionalProperties ??= [])[ProtocolKey] = protocol;

    public static string GetProtocol(this ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(ProtocolKey) as string ?? ToolProtocols.Native;
}

/// <summary>How a request speaks of tools.</summary>
public static class ToolProtocols
{
    /// <summary>In fields of the request, as the server's protocol has them.</summary>
    public const string Native = "native";

    /// <summary>In the words of the conversation, for models without such fields.</summary>
    public const string Text = "text";
}
