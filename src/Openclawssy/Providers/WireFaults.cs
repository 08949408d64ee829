using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Openclawssy.Egress;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>Every sentence the wire can fail with: provider, address, what happened, what to do next.</summary>
sealed class WireFaults(ModelEndpoint endpoint, ApiKey key, TimeProvider clock)
{
    string Server => $"{endpoint.Provider} at {endpoint.Address}";
    string BaseUrlField => $"providers.{endpoint.Provider}.base_url";

    /// <param name="offersTools">True when the request carried tools.</param>
    public ModelException Status(int status, ReadOnlyMemory<byte> body, RetryConditionHeaderValue? retryAfter, Uri? location, bool offersTools)
    {
        var said = ServerMessage.Read(body, key);
        var wait = WaitOf(retryAfter);
        var what = $"({status}){said.Quoted}";
        return status switch
        {
            400 or 404 or 422 or 501 when offersTools && said.RefusesTools => Fault(ModelErrorCodes.ToolsUnsupported,
                $"{Server} takes no tools with \"{endpoint.Model}\" {what}; set model.tool_protocol to \"text\" or choose another model"),
            401 or 403 when !key.IsSent => Fault(ModelErrorCodes.Unauthorized,
                $"{Server} refused the request {what}, and providers.{endpoint.Provider}.keyless says that no key is sent; run `openclawssy setup` with a key if it asks for one"),
            401 => Fault(ModelErrorCodes.Unauthorized, $"{Server} refused the API key {what}; check {key.Source}"),
            403 => Fault(ModelErrorCodes.Unauthorized, $"{Server} refused access {what}; check that the key from {key.Source} may use \"{endpoint.Model}\""),
            404 => Fault(ModelErrorCodes.NotFound, $"{Server} has no model \"{endpoint.Model}\" or no such address {what}; check model.name and {BaseUrlField}"),
            402 => Fault(ModelErrorCodes.Refused, $"{Server} wants payment {what}; check the account's credit there"),
            400 or 413 or 422 when said.IsTooLong => TooLong(what),
            400 or 422 when said.IsFiltered => Fault(ModelErrorCodes.Withheld, $"the content filter of {Server} refused the request {what}; change the message", mayHaveCost: false),
            413 => Fault(ModelErrorCodes.Refused, $"{Server} found the request too large {what}; start a new conversation or shorten the message"),
            // An empty account does not fill up by waiting.
            429 when said.Code == "insufficient_quota" => Fault(ModelErrorCodes.RateLimited, $"{Server} says the quota is used up {what}; check the account there"),
            429 => Fault(ModelErrorCodes.RateLimited, $"{Server} limits the number of requests {what}; {After(wait)}", true, wait),
            408 or >= 500 => Fault(ModelErrorCodes.Unavailable, $"{Server} failed {what}; {After(wait)}", true, wait),
            >= 300 and < 400 => Fault(ModelErrorCodes.Misconfigured,
                $"{Server} redirects to {Target(location)} ({status}), and redirects are not followed; set {BaseUrlField} to the final address"),
            >= 400 => Fault(ModelErrorCodes.Refused, $"{Server} refused the request {what}; check model.name and the other model settings"),
            _ => Fault(ModelErrorCodes.BadResponse, $"{Server} answered with an unexpected status {what}; check {BaseUrlField}"),
        };
    }

    public ModelException Unreachable(HttpRequestException error)
    {
        // A reset while the headers are awaited has no kind of its own.
        var kind = error is { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException } ? HttpRequestError.ResponseEnded : error.HttpRequestError;
        var (what, next) = kind switch
        {
            HttpRequestError.NameResolutionError => ("its name does not resolve", $"check the network and {BaseUrlField}"),
            HttpRequestError.SecureConnectionError => ("no secure connection could be made (TLS)", $"check {BaseUrlField}, the clock and the server's certificate"),
            HttpRequestError.ConnectionError when error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                ("the connection was refused", $"check that the server runs, and {BaseUrlField}"),
            HttpRequestError.ConnectionError => ("no connection could be made", $"check the network and {BaseUrlField}"),
            HttpRequestError.ResponseEnded => ("the connection was closed before an answer", "try again"),
            HttpRequestError.ConfigurationLimitExceeded => ("the answer's headers are too long", $"check {BaseUrlField}"),
            HttpRequestError.InvalidResponse => ("what answers there does not speak HTTP", $"check {BaseUrlField}"),
            _ => ("the request could not be carried out", "check the network and try again"),
        };
        var code = kind switch
        {
            HttpRequestError.ResponseEnded => ModelErrorCodes.CutStream,
            HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse => ModelErrorCodes.BadResponse,
            _ => ModelErrorCodes.Unreachable,
        };
        return Fault(code, $"{Server} cannot be reached: {what}; {next}", code != ModelErrorCodes.BadResponse && kind != HttpRequestError.SecureConnectionError);
    }

    public ModelException ConnectTimedOut() =>
        Fault(ModelErrorCodes.Unreachable, $"{Server} cannot be reached: no connection within {Seconds(EgressClient.ConnectTimeout)}; check the network and {BaseUrlField}", true);

    public ModelException Idle(TimeSpan limit, bool answering, bool nothingYet) => answering
        ? Fault(ModelErrorCodes.CutStream, $"{Server} stopped in the middle of its answer and sent nothing for {Seconds(limit)}; try again", nothingYet)
        : Fault(ModelErrorCodes.Unavailable, $"{Server} did not answer for {Seconds(limit)}; try again later", true, mayHaveCost: true);

    public ModelException Cut(bool nothingYet) =>
        Fault(ModelErrorCodes.CutStream, $"{Server} cut the connection in the middle of its answer; try again", nothingYet);

    public ModelException Unfinished(bool nothingYet) =>
        Fault(ModelErrorCodes.CutStream, $"{Server} ended its answer without saying that it is finished (no finish_reason); try again", nothingYet);

    public ModelException InStream(JsonElement error, bool nothingYet)
    {
        var said = ServerMessage.Read(error, key);
        if (nothingYet && said.IsTooLong) return TooLong(said.Quoted.TrimStart(',', ' '));
        var passing = said.Code is "429" or "500" or "502" or "503" or "504" or "529" || said.Code?.Contains("overloaded", StringComparison.OrdinalIgnoreCase) == true
            || said.Code?.Contains("rate_limit", StringComparison.OrdinalIgnoreCase) == true || said.Code?.Contains("server_error", StringComparison.OrdinalIgnoreCase) == true;
        return Fault(ModelErrorCodes.BadResponse,
            $"{Server} reported an error{(nothingYet ? "" : " in the middle of its answer")}{said.Quoted}; {(passing ? "try again" : "check model.name and the other model settings")}", nothingYet && passing);
    }

    public ModelException NoAnswer(ReadOnlyMemory<byte> body, string? contentType)
    {
        var said = ServerMessage.Read(body, key);
        var kind = said.IsPage || body.Length == 0 ? "" : $" ({Shown(contentType)})";
        return Fault(ModelErrorCodes.BadResponse,
            $"{Server} answered with something that is no chat completion{kind}{(body.Length == 0 ? ", with nothing at all" : said.Quoted)}; check {BaseUrlField}");
    }

    public ModelException Malformed(string what, bool nothingYet) =>
        Fault(ModelErrorCodes.BadResponse, $"{Server} sent {what}; try again, and check {BaseUrlField} if it stays so", nothingYet);

    public ModelException TooMuch(string what, string limit) =>
        Fault(ModelErrorCodes.BadResponse, $"{Server} sent {what} than allowed ({limit}); the answer was given up, ask for less");

    public ModelException Empty() =>
        Fault(ModelErrorCodes.BadResponse, $"the model gave an empty answer (\"{endpoint.Model}\" of {Server}); try again or another model", true);

    public ModelException NoRoom() =>
        Fault(ModelErrorCodes.BadResponse, $"\"{endpoint.Model}\" of {Server} used up its tokens before it answered; raise model.max_tokens");

    public ModelException Withheld() =>
        Fault(ModelErrorCodes.Withheld, $"the content filter of {Server} withheld the answer; change the message");

    ModelException TooLong(string what) =>
        Fault(ModelErrorCodes.ContextTooLong, $"{Server} says the conversation does not fit the model \"{endpoint.Model}\" {what}; shorten the message or start a new conversation");

    TimeSpan? WaitOf(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    static string After(TimeSpan? wait) => wait is { } time ? $"try again in {Seconds(time)}" : "try again later";

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)} s");

    string Target(Uri? location) =>
        location is null ? "nowhere" : !location.IsAbsoluteUri ? "another path" : key.Scrub($"{location.Scheme}://{location.Host}");

    string Shown(string? contentType) => contentType is null ? "no content type" : key.Scrub(contentType);

    // Once an answer has begun, somebody may have to pay for it.
    static ModelException Fault(string code, string message, bool retryable = false, TimeSpan? wait = null, bool? mayHaveCost = null) =>
        new(code, message, retryable, wait) { MayHaveCost = mayHaveCost ?? code is ModelErrorCodes.BadResponse or ModelErrorCodes.CutStream or ModelErrorCodes.Withheld };
}
