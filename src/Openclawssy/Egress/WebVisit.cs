using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Egress;

/// <summary>One web request from its first byte to its answer: each hop asks the policy again, everything is bounded.</summary>
sealed class WebVisit(WebCall call, EgressClient client, Func<Uri, Destination> allow, ISecretInjector secrets, TimeProvider clock, WebLimits limits)
{
    readonly RequestHeaders headers = RequestHeaders.Of(call, limits);
    readonly List<string> passed = [];

    /// <exception cref="ToolException">As <see cref="IWeb.SendAsync"/> says.</exception>
    public async Task<WebAnswer> RunAsync(CancellationToken cancellationToken)
    {
        using var total = new CancellationTokenSource(call.Timeout, clock);
        using var silence = new Silence(limits.Idle, clock, cancellationToken, total.Token);
        try { return await FollowAsync(silence); }
        catch (EgressDeniedException denied) { throw ToolException.Denied(secrets.Scrub(denied.Message)); }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { throw new OperationCanceledException(cancellationToken); }
        catch (OperationCanceledException) when (total.IsCancellationRequested) { throw ToolException.TimedOut($"no whole answer within {Seconds(call.Timeout)} (timeout_ms)"); }
        catch (OperationCanceledException) when (silence.HasFired) { throw ToolException.TimedOut($"the server sent nothing for {Seconds(limits.Idle)}"); }
        catch (OperationCanceledException late) { throw ToolException.Failed($"no connection within {Seconds(EgressClient.ConnectTimeout)}", retryable: true, inner: late); }
        catch (HttpRequestException error) { throw ToolException.Failed(What(error), retryable: true, inner: error); }
        catch (InvalidDataException error) { throw ToolException.Failed("the answer's compressed body is damaged", retryable: true, inner: error); }
        catch (IOException error) { throw ToolException.Failed("the connection was cut in the middle of the answer", retryable: true, inner: error); }
    }

    async Task<WebAnswer> FollowAsync(Silence silence)
    {
        var url = WebAddress.Parse(call.Url, limits.UrlChars);
        var (method, body) = (call.Method, call.Body);
        Destination? before = null;
        while (true)
        {
            var to = allow(url);
            if (before is not null) Compare(before, to);
            var changed = before is not null && !to.HasOriginOf(before);
            if (changed) headers.LeaveOrigin();
            using var request = new HttpRequestMessage(new HttpMethod(method), url);
            if (body is { } bytes) request.Content = new ReadOnlyMemoryContent(bytes);
            headers.Apply(request, to, secrets);
            silence.Start();
            using var response = await client.SendAsync(request, to, silence.Token);
            silence.Stop();
            if (Next(response, url) is not { } next) return await AnswerOf(response, url, silence);
            passed.Add(Shown(url));
            if (passed.Count > limits.Redirects) throw ToolException.Failed($"more than {limits.Redirects} redirects; the last one pointed to {Truncation.OneLine(Shown(next), 200)}");
            (method, body) = After((int)response.StatusCode, method, body);
            if (body is null) headers.LeaveBody();
            (before, url) = (to, next);
        }
    }

    // A page of the public network may not point into this machine or into the house, even where a tool may go by itself; nor from https back to http.
    static void Compare(Destination from, Destination to)
    {
        if (from.Scope == AddressScope.Public && to.Scope != AddressScope.Public) throw new EgressDeniedException($"{from.Host} redirects to {to.Host}, which is no host of the public network");
        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps && to.Scope == AddressScope.Loopback && from.Scope != AddressScope.Loopback)
            throw new EgressDeniedException($"{from.Host} redirects from https to plain http on {to.Host}");
    }

    static Uri? Next(HttpResponseMessage response, Uri url)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || !response.Headers.TryGetValues("Location", out var given)) return null;
        return Uri.TryCreate(url, given.First(), out var next) ? new UriBuilder(next) { Fragment = "" }.Uri : throw new EgressDeniedException("the server redirects to something that is no address");
    }

    // As browsers do: see-other becomes a question, and so does a POST that was moved.
    static (string Method, ReadOnlyMemory<byte>? Body) After(int status, string method, ReadOnlyMemory<byte>? body) =>
        status == 303 && method != "HEAD" || status is 301 or 302 && method == "POST" ? ("GET", null) : (method, body);

    async Task<WebAnswer> AnswerOf(HttpResponseMessage response, Uri url, Silence silence)
    {
        var (bytes, truncated) = await new BoundedBody(call.MaxBytes, limits.CompressedSlack).ReadAsync(response, silence);
        var (body, isBase64) = AnswerText.Of(bytes, response.Content.Headers.ContentType?.CharSet, truncated, secrets.Scrub);
        return new((int)response.StatusCode, secrets.Scrub(Shown(url)), AnswerText.Headers(response, secrets.Scrub), body, isBase64, bytes.Length, truncated,
            [.. passed.Select(secrets.Scrub)]);
    }

    static string Shown(Uri url) => url.AbsoluteUri;

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    static string What(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host's name does not resolve",
        HttpRequestError.SecureConnectionError => "no secure connection could be made (TLS)",
        HttpRequestError.ConnectionError when error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        HttpRequestError.ConnectionError => "no connection could be made",
        HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too long",
        HttpRequestError.InvalidResponse => "what answers there does not speak HTTP",
        HttpRequestError.ResponseEnded => "the connection was closed before an answer",
        _ => "the request could not be carried out",
    };
}
