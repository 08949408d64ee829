using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Openclawssy.Acceptance;

/// <summary>The requests of a story, and what was answered last.</summary>
sealed class HttpExchange : IDisposable
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(60), pause = TimeSpan.FromMilliseconds(20);

    readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = limit };
    readonly List<(string Name, string Value)> headers = [];
    (HttpMethod Method, Uri Address, string? Body, IReadOnlyList<(string Name, string Value)> Headers)? asked;
    HttpResponseMessage? answer;
    string body = "";

    /// <summary>Sent with every request, when there is one.</summary>
    public string? Token { get; set; }

    /// <summary>For the next request.</summary>
    public void Add(string header) => headers.Add((header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));

    public Task SendAsync(string method, Uri address, string? content)
    {
        asked = (new(method), address, content, [.. headers]);
        headers.Clear();
        return AgainAsync();
    }

    /// <summary>Repeats the request until a field says that.</summary>
    public async Task UntilAsync(string field, string value)
    {
        using var overdue = new CancellationTokenSource(limit);
        while (!Is(field, value))
        {
            // What it waits for happens in another process, which gives no signal.
            try { await Task.Delay(pause, overdue.Token); }
            catch (OperationCanceledException) { throw new TimeoutException($"{field} was not {value} within {limit.TotalSeconds} s"); }
            await AgainAsync();
        }
    }

    async Task AgainAsync()
    {
        var (method, address, content, more) = asked ?? throw new FormatException("nothing was asked yet");
        using var request = new HttpRequestMessage(method, address);
        if (content is not null) request.Content = new StringContent(content, Encoding.UTF8, "application/json");
        if (Token is not null) request.Headers.Authorization = new("Bearer", Token);
        foreach (var (name, value) in more)
            if (!request.Headers.TryAddWithoutValidation(name, value)) throw new FormatException($"{name} is no header of a request");
        answer?.Dispose();
        // Waits for the whole body, so that a stream of events is read to its end.
        answer = await client.SendAsync(request);
        body = await answer.Content.ReadAsStringAsync();
    }

    public int Status => (int)Answer.StatusCode;

    public string Body => answer is null ? throw new FormatException("nothing was asked yet") : body;

    public string? Header(string name) =>
        Answer.Headers.TryGetValues(name, out var values) || Answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    HttpResponseMessage Answer => answer ?? throw new FormatException("nothing was asked yet");

    public bool Is(string field, string value) => Field(field) == value;

    /// <summary>A field of the answer, by its dotted name; a text as it stands, anything else as JSON; null when it is not there.</summary>
    public string? Field(string path)
    {
        JsonNode? node;
        try { node = JsonNode.Parse(Body); }
        catch (JsonException) { return null; }
        foreach (var part in path.Split('.'))
            node = node switch
            {
                JsonObject one => one[part],
                JsonArray many when part == "length" => JsonValue.Create(many.Count),
                JsonArray many when int.TryParse(part, out var at) && at < many.Count => many[at],
                _ => null,
            };
        return node is null ? null : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
    }

    public override string ToString() => asked is not { } request ? "" : $"{request.Method} {request.Address.PathAndQuery} {request.Body}\n{(answer is null ? "no answer" : $"{Status}\n{answer.Headers}{body}")}";

    public void Dispose()
    {
        answer?.Dispose();
        client.Dispose();
    }
}
