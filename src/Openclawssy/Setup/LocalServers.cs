using System.Net.Sockets;
using System.Text.Json;
using Openclawssy.Egress;

namespace Openclawssy.Setup;

/// <summary>An OpenAI-compatible server that answers on this machine.</summary>
/// <param name="Program">What usually listens on that port.</param>
/// <param name="Models">Names it gave, at most <see cref="LocalServers.MaxModels"/>.</param>
sealed record LocalServer(string Program, Uri BaseUrl, IReadOnlyList<string> Models);

/// <summary>Looks where model servers usually listen, and asks each for its list of models. Sends no key and nothing else.</summary>
sealed class LocalServers(EgressClient egress, TimeProvider clock)
{
    public const int MaxModels = 100;

    const int MaxNameLength = 200, MaxBody = 1024 * 1024;

    /// <summary>For each port together: somebody waits.</summary>
    static readonly TimeSpan limit = TimeSpan.FromSeconds(2);

    /// <summary>The port each program's documentation gives as its default.</summary>
    public static IReadOnlyList<(int Port, string Program)> Usual { get; } =
    [
        (11434, "Ollama"), (1234, "LM Studio"), (8080, "llama.cpp"), (8000, "vLLM"), (1337, "Jan"), (4891, "GPT4All"), (5001, "KoboldCpp"), (30000, "SGLang"),
    ];

    public async Task<IReadOnlyList<LocalServer>> FindAsync(IReadOnlyList<(int Port, string Program)> places, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(places.Select(place => AskAsync(place.Port, place.Program, cancellationToken)));
        return [.. answers.OfType<LocalServer>()];
    }

    async Task<LocalServer?> AskAsync(int port, string program, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{port}/v1");
        using var time = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{address}/models"));
            using var response = await egress.SendAsync(request, EgressPolicy.Only(address).Allow(request.RequestUri!), both.Token);
            if (!response.IsSuccessStatusCode) return null;
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            var bytes = new byte[MaxBody + 1];
            var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, both.Token);
            return read <= MaxBody && Names(bytes.AsMemory(0, read)) is { Count: > 0 } names ? new(program, address, names) : null;
        }
        catch (Exception silence) when (silence is HttpRequestException or IOException or SocketException or EgressDeniedException or JsonException) { return null; }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { return null; }
    }

    /// <summary>From <c>{"data":[{"id":"name"}]}</c>; anything else is no model server.</summary>
    internal static IReadOnlyList<string> Names(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 16 });
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return [];
        var names = new List<string>();
        foreach (var entry in data.EnumerateArray())
        {
            if (names.Count == MaxModels) break;
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && Name(id) is { } name) names.Add(name);
        }
        return names;
    }

    // A name goes into the configuration and onto a screen: one that could not stand there is not offered.
    static string? Name(JsonElement id)
    {
        try { return id.GetString() is { Length: > 0 and <= MaxNameLength } name && name.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 ? name : null; }
        catch (InvalidOperationException) { return null; }
    }
}
