using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Doors;

/// <summary>What every answer carries, so that no page can frame it, guess at its type, keep it, or learn where it came from.</summary>
static class SecurityHeaders
{
    /// <summary>For answers that are no page: nothing of them may run or load anything.</summary>
    public const string NoContent = "default-src 'none'; frame-ancestors 'none'";

    public static void Set(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = NoContent;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }
}
