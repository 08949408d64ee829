namespace Openclawssy.Runtime.Models;

/// <summary>Codes of what can go wrong on the way to a model.</summary>
public static class ModelErrorCodes
{
    public const string NoKey = "model.no_key";
    public const string Unauthorized = "model.unauthorized";
    public const string NotFound = "model.not_found";
    public const string RateLimited = "model.rate_limited";
    public const string Refused = "model.refused";
    public const string Unavailable = "model.unavailable";
    public const string Unreachable = "model.unreachable";
    public const string BadResponse = "model.bad_response";
    public const string CutStream = "model.cut_stream";
    public const string ContextTooLong = "model.context_too_long";
    public const string ToolsUnsupported = "model.tools_unsupported";
    public const string Misconfigured = "model.misconfigured";
}

/// <summary>A model call that failed: one sentence with provider, address and next step; never a key, never a stack trace.</summary>
public sealed class ModelException(string code, string message, bool retryable = false, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>True when the same request may succeed later and nothing of an answer has arrived.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>What the server asked for with <c>Retry-After</c>; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
