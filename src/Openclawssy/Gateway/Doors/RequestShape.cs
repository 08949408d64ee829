using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.Doors;

/// <summary>Requests whose length or place two servers could understand differently are refused.</summary>
static class RequestShape
{
    /// <summary>Longest request target, in characters.</summary>
    const int MaxTarget = 2048;

    /// <exception cref="RequestRefused">400.</exception>
    public static void Demand(HttpContext context)
    {
        var headers = context.Request.Headers;
        // Kestrel moves a Content-Length that came beside Transfer-Encoding to this name; a client has no business sending it.
        if (headers.ContainsKey("X-Content-Length") || headers.TransferEncoding.Count > 0 && headers.ContentLength is not null)
            throw new RequestRefused(400, "request.smuggling", "the request has both a Content-Length and a Transfer-Encoding; send one of them");
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.Length > MaxTarget) throw new RequestRefused(414, "request.target_too_long", $"the request target is longer than {MaxTarget} characters");
        if (!target.StartsWith('/')) throw new RequestRefused(400, "request.target", "the request target must be a path on this server");
        // Paths are compared as they were sent. What a server would have to understand first is not the path of any route.
        var path = target.Split('?', 2)[0];
        if (path.Contains('%', StringComparison.Ordinal) && HasHiddenSign(path) || path.Contains("//", StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal)
            || path.Split('/').Any(part => part is "." or ".."))
            throw new RequestRefused(400, "request.target", "write the path plainly: no dots, no double or encoded separators, nothing encoded that need not be");
        // h2c is what some clients offer by the way, and may be passed over; anything else would be another protocol.
        foreach (var protocol in headers.Upgrade)
            if (!string.Equals(protocol, "h2c", StringComparison.OrdinalIgnoreCase)) throw new RequestRefused(400, "request.upgrade", "this gateway speaks plain HTTP; follow a run with GET /v1/runs/events/{id}");
    }

    // No name in a path here needs encoding. What need not be encoded hides something; what cannot be read is no text.
    static bool HasHiddenSign(string path)
    {
        for (var i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sign)) return true;
            if (sign is < (byte)' ' or 0x7f or (byte)'/' or (byte)'\\' or (byte)'%' or (byte)';' or (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || char.IsAsciiLetterOrDigit((char)sign)) return true;
        }
        return false;
    }
}
