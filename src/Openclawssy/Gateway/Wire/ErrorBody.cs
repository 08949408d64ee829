using Microsoft.AspNetCore.Http;

namespace Openclawssy.Gateway.Wire;

/// <summary>Every refusal on the wire, on every route.</summary>
sealed record ErrorBody(ErrorDetail Error)
{
    public static ErrorBody Of(RequestRefused refused, IReadOnlyList<FieldFault>? fields = null) => new(new ErrorDetail(refused.Code, refused.Message, Seconds(refused.RetryAfter), fields));

    /// <summary>Whole seconds, rounded up, at least one.</summary>
    public static int? Seconds(TimeSpan? wait) => wait is { } time ? Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)) : null;

    /// <summary>Answers with a refusal, unless an answer has begun already.</summary>
    /// <param name="allow">The methods a route takes, when another was tried.</param>
    /// <param name="fields">What is wrong with single fields.</param>
    public static async Task SendAsync(HttpContext context, RequestRefused refused, Microsoft.Extensions.Primitives.StringValues allow = default, IReadOnlyList<FieldFault>? fields = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        Doors.SecurityHeaders.Set(context.Response);
        if (allow.Count > 0) context.Response.Headers.Allow = allow;
        if (refused.Status == 401) context.Response.Headers.WWWAuthenticate = "Bearer";
        if (Seconds(refused.RetryAfter) is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // What is left of the body is not read: who sent what we refuse may send it for ever.
        if (refused.Status is 400 or 413 or 401) context.Response.Headers.Connection = "close";
        await JsonAnswer.SendAsync(context.Response, refused.Status, Of(refused, fields), GatewayJson.Default.ErrorBody);
    }
}

/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people: what is wrong and what to do.</param>
/// <param name="RetryAfterSeconds">When it is worth another try, at least 1.</param>
/// <param name="Fields">What is wrong with single fields, by their dotted names.</param>
sealed record ErrorDetail(string Code, string Message, int? RetryAfterSeconds = null, IReadOnlyList<FieldFault>? Fields = null);

sealed record FieldFault(string Field, string Message);
