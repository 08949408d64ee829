using System.Text;
using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Dashboard;

/// <summary><c>/dashboard</c> and its files: each a route of its own, so what is public is an exact list and no path leads anywhere else.</summary>
sealed class DashboardRoutes(IReadOnlyList<DashboardFile> files)
{
    /// <summary>
    /// What the page may do: run and load its own files, ask its own gateway. No code in the page, none made from text; trusted-types
    /// 'none' takes away every way to turn a string into markup or code.
    /// </summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    const string Absent = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Openclawssy</title>
        <p>This program was built without the dashboard, because Node.js was not there. Install Node.js 20 or newer and build again; everything else works without it.</p></html>
        """;

    public DashboardRoutes() : this(DashboardFiles.All) { }

    public IEnumerable<Route> All => files.Count == 0
        ? [new("GET", "/dashboard", "Says that the dashboard was not built.", AbsentAsync) { IsPublic = true, IsPage = true }]
        : files.Select(file => new Route("GET", file.Name == DashboardFiles.Page ? "/dashboard" : $"/dashboard/{file.Name}", "A file of the dashboard.", call => SendAsync(call.Http, file)) { IsPublic = true, IsPage = true });

    static Task AbsentAsync(GatewayCall call)
    {
        call.Http.Response.ContentType = "text/html; charset=utf-8";
        return call.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Absent), call.Gone).AsTask();
    }

    static async Task SendAsync(HttpContext context, DashboardFile file)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        headers.ETag = file.Etag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = file.IsNamedByContent ? "public, max-age=31536000, immutable" : "no-cache";
        if (file.Name == DashboardFiles.Page) headers.ContentSecurityPolicy = PagePolicy;
        if (request.Headers.IfNoneMatch.Any(tags => tags?.Split(',').Any(tag => tag.Trim().TrimStart('W', '/') == file.Etag) ?? false))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = file.ContentType;
        var body = Takes(request, "br") ? Encoded("br", file.Brotli) : Takes(request, "gzip") ? Encoded("gzip", file.Gzip) : file.Plain();
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);

        byte[] Encoded(string coding, byte[] bytes)
        {
            headers.ContentEncoding = coding;
            return bytes;
        }
    }

    // What a client names with a weight of zero it does not take.
    static bool Takes(HttpRequest request, string coding) => request.GetTypedHeaders().AcceptEncoding.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
}
