using Microsoft.AspNetCore.Http;
using Openclawssy.Gateway.Tokens;
using Openclawssy.Gateway.Wire;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/session</c>: the dashboard's sign-in that outlasts the page. The token itself is never kept in a browser.</summary>
sealed class PageSessionRoutes(GatewayRooms rooms, PageSessions sessions)
{
    public IEnumerable<Route> All =>
    [
        new("POST", "/api/session", "Begins a sign-in for a browser: sets a cookie, and gives the key that goes with it.", BeginAsync) { Gives = GatewayJson.Default.PageSessionBegun },
        new("DELETE", "/api/session", "Ends the sign-in this request came with.", EndAsync) { Gives = GatewayJson.Default.Done },
    ];

    Task BeginAsync(GatewayCall call)
    {
        // Otherwise a sign-in could go on for ever without the token.
        if (call.Holder.PageSession is not null) throw new RequestRefused(403, "auth.token_needed", "a sign-in is begun with the token only");
        rooms.Record(call.Holder.Credential, "session.begun");
        var (cookie, key, expires) = sessions.Begin(call.Holder);
        call.Http.Response.Cookies.Append(PageSessions.CookieName(call.Http), cookie, Bounds(call.Http, expires));
        return call.AnswerAsync(new(key, expires), GatewayJson.Default.PageSessionBegun);
    }

    Task EndAsync(GatewayCall call)
    {
        if (call.Holder.PageSession is { } session)
        {
            rooms.Record(call.Holder.Credential, "session.ended");
            if (sessions.Close(session) is { } open) call.Http.Response.OnCompleted(() => open.CancelAsync());
        }
        call.Http.Response.Cookies.Append(PageSessions.CookieName(call.Http), "", Bounds(call.Http, DateTimeOffset.UnixEpoch));
        return call.AnswerAsync(new(true), GatewayJson.Default.Done);
    }

    static CookieOptions Bounds(HttpContext context, DateTimeOffset expires) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = context.Request.IsHttps, Expires = expires };
}
