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

    /// <summary>The server takes no tools in the request's own fields; they may be spoken of in text.</summary>
    public const string ToolsUnsupported = "model.tools_unsupported";

    public const string Misconfigured = "model.misconfigured";

    /// <summary>The conversation does not fit the model's window; made shorter, it may be asked again.</summary>
    public const string ContextTooLong = "model.context_too_long";

    /// <summary>The provider's content filter refused the request or kept the answer back.</summary>
    public const string Withheld = "model.withheld";

    /// <summary>Not asked, because it failed a moment ago and another model is configured.</summary>
    public const string Resting = "model.resting";
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

    /// <summary>True when a model may have worked for this failure, which somebody pays for; false when it never got to one.</summary>
    public bool MayHaveCost { get; init; }

    /// <summary>What the server counted before it failed; null when it did not say.</summary>
    public ModelUsage? Usage { get; set; }

    /// <summary>What the server itself says the attempt cost, in US dollars.</summary>
    public decimal? ToldCostUsd { get; set; }

    /// <summary>What the attempt cost, written here by the ledger: zero when no model worked for it, null when unknown.</summary>
    public decimal? CostUsd { get; set; }

    /// <summary>The same failure with a further reason why it is final.</summary>
    public ModelException Because(string reason) => Saying($"{Message} ({reason})");

    /// <summary>The same failure in other words.</summary>
    public ModelException Saying(string message) =>
        new(Code, message, Retryable, RetryAfter, this) { MayHaveCost = MayHaveCost, Usage = Usage, ToldCostUsd = ToldCostUsd, CostUsd = CostUsd };
}
