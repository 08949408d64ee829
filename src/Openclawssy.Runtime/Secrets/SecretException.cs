namespace Openclawssy.Runtime.Secrets;

/// <summary>A secret, or the whole store, cannot be had. Never holds a value; says what to do next.</summary>
/// <param name="code">One of <see cref="SecretErrorCodes"/>.</param>
public sealed class SecretException(string code, string message, string nextStep) : Exception(message)
{
    public string Code { get; } = code;
    public string NextStep { get; } = nextStep;
}

/// <summary>The stable words for what went wrong with secrets.</summary>
public static class SecretErrorCodes
{
    /// <summary>There is no key to open the store with, or it is not a usable one.</summary>
    public const string NoKey = "secrets.no_key";

    /// <summary>There is a key, and it is another store's.</summary>
    public const string WrongKey = "secrets.wrong_key";

    /// <summary>The store is not what was written.</summary>
    public const string Altered = "secrets.altered";

    /// <summary>The store is older than what is remembered of it, or gone.</summary>
    public const string RolledBack = "secrets.rolled_back";

    /// <summary>The secret may not go there.</summary>
    public const string NotBound = "secrets.not_bound";

    public const string NotFound = "secrets.not_found";

    /// <summary>A value, a host or a header that cannot be kept.</summary>
    public const string Invalid = "secrets.invalid";
}
