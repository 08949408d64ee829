using System.Text;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Gateway.Tokens;

/// <summary>Where the gateway's token came from, and what is known of it.</summary>
/// <param name="Where">For people: <c>--token</c>, <c>OPENCLAWSSY_TOKEN</c>, a file, or the program's own.</param>
/// <param name="IsWeak">It could be guessed; good for a try on this machine only.</param>
/// <param name="Shown">A token made just now, to be shown once; null for all others.</param>
/// <param name="Now">The token as it is now: null once it was taken away.</param>
sealed record TokenSource(string Where, bool IsWeak, string? Shown, Func<BearerToken?> Now)
{
    public const string Variable = "OPENCLAWSSY_TOKEN";

    const int MaxFileBytes = 4096;

    /// <summary>The first of: the command line, the environment, <c>server.token_file</c>, the program's own (made when there is none).</summary>
    /// <param name="given">From the command line; null when nothing was given there.</param>
    /// <exception cref="TokenRefusedException">What was given is no token.</exception>
    public static TokenSource Choose(string? given, World world, ServerConfig config, StateFolder state, string root)
    {
        if (given is not null) return Fixed("--token", given, "give one, or leave the option out and the program makes one");
        if (world.Variable(Variable) is { } variable) return Fixed(Variable, variable, "give it a value, or unset it and the program makes a token");
        if (config.TokenFile.Length > 0)
        {
            var path = Path.GetFullPath(config.TokenFile, root);
            return Fixed($"the file {config.TokenFile} (server.token_file)", ReadFile(path), "write a token into it (0600)") with { Now = () => Written(path) };
        }
        var where = $"the program's own; its hash is in {StateFolder.Name}/{TokenFile.Name}";
        if (TokenFile.Read(state) is not null) return new(where, false, null, () => TokenFile.Read(state));
        return new(where, false, TokenFile.Renew(state), () => TokenFile.Read(state));
    }

    static TokenSource Fixed(string where, string text, string next)
    {
        var token = text.Trim();
        if (token.Length == 0) throw new TokenRefusedException($"the token from {where} is empty", next);
        if (token.Any(c => c is <= ' ' or > '~')) throw new TokenRefusedException($"the token from {where} has blanks or characters a header cannot carry", "use letters, digits and signs of ASCII");
        var held = BearerToken.Of(token);
        return new(where, BearerToken.IsWeak(token), null, () => held);
    }

    static string ReadFile(string path) => PrivateFile.ReadOrNull(path, MaxFileBytes) is { } bytes
        ? Encoding.UTF8.GetString(bytes)
        : throw new TokenRefusedException($"the token's file {path} is not there", "make it (0600), or remove server.token_file");

    // A file that was emptied or removed while the gateway runs has taken the token away.
    static BearerToken? Written(string path)
    {
        try { return PrivateFile.ReadOrNull(path, MaxFileBytes) is { } bytes && Encoding.UTF8.GetString(bytes).Trim() is { Length: > 0 } text ? BearerToken.Of(text) : null; }
        catch (IOException) { return null; }
    }
}

/// <summary>There is no usable token; says what to do next.</summary>
sealed class TokenRefusedException(string message, string nextStep) : Exception(message)
{
    public string NextStep { get; } = nextStep;
}
