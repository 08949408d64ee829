namespace Openclawssy.Gateway.Wire;

/// <summary>A request is refused: the status, a stable code, one sentence that says what to do, and when to try again.</summary>
sealed class RequestRefused(int status, string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;
    public string Code { get; } = code;

    /// <summary>Null where waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public static RequestRefused InvalidInput(string message) => new(400, "request.invalid_input", message);

    public static RequestRefused NotFound(string code, string message) => new(404, code, message);
}
