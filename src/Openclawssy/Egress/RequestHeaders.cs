using System.Buffers;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>The headers of one web request on its way from hop to hop.</summary>
sealed class RequestHeaders
{
    // What frames a message or speaks to proxies is ours; a caller's word there is how requests are smuggled.
    static readonly HashSet<string> ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect", "Accept-Encoding", "HTTP2-Settings",
        "Proxy-Authorization", "Proxy-Connection", "Proxy-Authenticate", "Via", "Forwarded",
    };

    // All a redirect to another origin keeps: any other header may be a credential.
    static readonly HashSet<string> harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Language", "Accept-Charset", "User-Agent", "Content-Type", "Content-Language", "Content-Encoding", "Cache-Control", "Range", "If-None-Match", "If-Modified-Since",
    };

    static readonly SearchValues<char> token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    readonly List<(string Name, TextOrSecret Value)> headers = [];

    /// <exception cref="ToolException"><c>tool.input_invalid</c> naming the header.</exception>
    public static RequestHeaders Of(WebCall call, WebLimits limits)
    {
        var chosen = new RequestHeaders();
        var chars = 0;
        foreach (var (name, value) in call.Headers)
        {
            var path = $"$.headers['{Truncation.OneLine(name, 60)}']";
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(token)) throw ToolException.InvalidInput($"{path}: is no header name", path);
            if (ours.Contains(name)) throw ToolException.InvalidInput($"{path}: is set by the program itself; leave it out", path);
            if (chosen.headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) throw ToolException.InvalidInput($"{path}: the header is given twice", path);
            if (value.Text is { } text && text.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw ToolException.InvalidInput($"{path}: a value may hold printable ASCII only", path);
            if (value.Secret is { } secret && (secret.Length is 0 or > 200 || secret.AsSpan().ContainsAnyExceptInRange('!', '~'))) throw ToolException.InvalidInput($"{path}.secret: is no name of a secret", path);
            chars += name.Length + (value.Text?.Length ?? 0);
            chosen.headers.Add((name, value));
        }
        if (chosen.headers.Count > limits.RequestHeaders || chars > limits.RequestHeaderChars)
            throw ToolException.InvalidInput($"$.headers: at most {limits.RequestHeaders} headers of {limits.RequestHeaderChars} characters together", "$.headers");
        return chosen;
    }

    /// <summary>Credentials do not follow to another origin, and do not come back.</summary>
    public void LeaveOrigin() => headers.RemoveAll(header => header.Value.Secret is not null || !harmless.Contains(header.Name));

    public void LeaveBody() => headers.RemoveAll(header => header.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase));

    public void Apply(HttpRequestMessage request, Destination to, ISecretInjector secrets)
    {
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
        foreach (var (name, value) in headers)
        {
            if (value.Text is { } text) Set(request, name, text);
            else if (to.Scheme == Uri.UriSchemeHttps || to.Scope == AddressScope.Loopback) secrets.Apply(value.Secret!, to.Host.Text, name, request);
            else throw new EgressDeniedException($"the secret \"{value.Secret}\" would travel to {to.Host} in the clear; secrets go over https only");
        }
        if (!request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", "openclawssy");
        if (!request.Headers.Contains("Accept")) request.Headers.TryAddWithoutValidation("Accept", "*/*");
    }

    static void Set(HttpRequestMessage request, string name, string value)
    {
        if (request.Headers.TryAddWithoutValidation(name, value)) return;
        // A header about the body, on a request that may have none.
        request.Content ??= new ByteArrayContent([]);
        request.Content.Headers.Remove(name);
        request.Content.Headers.TryAddWithoutValidation(name, value);
    }
}
