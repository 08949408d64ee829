namespace Openclawssy.Runtime.Toolkit;

/// <summary>The closed set of codes a tool call can fail with. Set where the error arises, never guessed from text.</summary>
public static class ToolErrorCodes
{
    public const string NotFound = "tool.not_found";
    public const string InputInvalid = "tool.input_invalid";
    public const string PolicyDenied = "policy.denied";
    public const string SandboxRequired = "sandbox.required";
    public const string Timeout = "timeout";
    public const string InternalError = "internal.error";
}

/// <summary>
/// An error the model may read: a code, what happened, and what to do next. Anything else a tool throws is
/// <c>internal.error</c> to the model, with the detail kept for the operator.
/// </summary>
public sealed class ToolException : Exception
{
    ToolException(string code, string message, string? path, bool retryable, Exception? inner) : base(message, inner) =>
        (Code, Path, Retryable) = (code, path, retryable);

    public string Code { get; }

    /// <summary>The workspace path or input field (JSON path) the error is about.</summary>
    public string? Path { get; }

    /// <summary>The rule that said no, and where it is written; null where the workspace's guard did.</summary>
    public (string Name, string WrittenAt)? Rule { get; private init; }

    /// <summary>True when the same call may succeed later without any change.</summary>
    public bool Retryable { get; }

    public static ToolException InvalidInput(string message, string? path = null) => new(ToolErrorCodes.InputInvalid, message, path, false, null);

    public static ToolException Denied(string message, string? path = null) => new(ToolErrorCodes.PolicyDenied, message, path, false, null);

    /// <summary>A refusal by a rule that a person can find and change.</summary>
    public static ToolException DeniedBy(string rule, string writtenAt, string message, string? path = null) =>
        new(ToolErrorCodes.PolicyDenied, message, path, false, null) { Rule = (rule, writtenAt) };

    public static ToolException SandboxRequired(string message) => new(ToolErrorCodes.SandboxRequired, message, null, false, null);

    /// <summary>The call's own time was up. The same call may succeed later, or with more time.</summary>
    public static ToolException TimedOut(string message) => new(ToolErrorCodes.Timeout, message, null, true, null);

    /// <summary>The world said no (disk full, I/O error): worth telling the model, perhaps worth trying again.</summary>
    public static ToolException Failed(string message, bool retryable = false, string? path = null, Exception? inner = null) =>
        new(ToolErrorCodes.InternalError, message, path, retryable, inner);
}
