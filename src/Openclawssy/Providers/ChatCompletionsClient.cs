using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>
/// Our wire: streamed chat completions with any server that speaks them. One attempt; trying again and falling back are layers around it.
/// </summary>
sealed class ChatCompletionsClient(
    ModelEndpoint endpoint, ICredentialSource credentials, ModelDoor egress, TimeProvider clock, WireLimits? limits = null) : IChatClient
{
    readonly WrittenParts written = new();
    readonly WireLimits limits = limits ?? new();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var key = credentials.KeyFor(endpoint);
        var body = ChatCompletionsBody.Write(messages, options, endpoint, written);
        if (options.GetWitness() is { } witness) await witness.SendingAsync(new(endpoint.Provider, options?.ModelId ?? endpoint.Model, options.GetProtocol()), body, cancellationToken);
        await using var answer = new WireAnswer(
            Request(body), egress, key, new(endpoint, key, clock), limits, options?.Tools, endpoint.Quirks.TellsCost, clock, cancellationToken);
        while (await answer.NextAsync() is { } update) yield return update;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeResponse.OfAsync(GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(endpoint.Provider, endpoint.BaseUrl, endpoint.Model)
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>The connections belong to whoever made the egress.</summary>
    public void Dispose() { }

    HttpRequestMessage Request(ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Completions) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Accept.Add(new("text/event-stream"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json", 0.9));
        request.Headers.UserAgent.Add(new("openclawssy", null));
        foreach (var (name, value) in endpoint.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }
}

/// <summary>A streamed answer as one response, for callers that do not stream.</summary>
static class WholeResponse
{
    public static async Task<ChatResponse> OfAsync(IAsyncEnumerable<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        var assembler = new AnswerAssembler(turn: 1);
        await foreach (var update in updates.WithCancellation(cancellationToken)) assembler.Add(update);
        var answer = assembler.Finish();
        return new(answer.ToMessage())
        {
            ModelId = answer.AnsweredBy,
            FinishReason = answer.FinishReason is { } reason ? new ChatFinishReason(reason) : null,
            Usage = answer.Usage is not { } usage ? null : new()
            {
                InputTokenCount = usage.Input,
                OutputTokenCount = usage.Output,
                TotalTokenCount = usage.Total,
                CachedInputTokenCount = usage.CachedInput,
                ReasoningTokenCount = usage.Reasoning,
            },
        };
    }
}
