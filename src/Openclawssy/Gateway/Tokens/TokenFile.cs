using System.Text;
using Openclawssy.Runtime.Storage;

namespace Openclawssy.Gateway.Tokens;

/// <summary><c>.openclawssy/gateway.token</c>: the hash of the token the program made (0600). Whoever replaces it takes the old token away from everybody at once.</summary>
static class TokenFile
{
    public const string Name = "gateway.token";

    const int MaxBytes = 4096;

    /// <summary>The token whose hash is kept; null when none was made.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static BearerToken? Read(StateFolder state)
    {
        var path = state.Of(Name);
        if (PrivateFile.ReadOrNull(path, MaxBytes) is not { } bytes) return null;
        return BearerToken.OfHash(Encoding.ASCII.GetString(bytes).Trim())
            ?? throw new InvalidDataException($"{path} holds no token's hash; make a new token with `openclawssy token new`");
    }

    /// <summary>Makes a new token and keeps its hash; on disk when this returns.</summary>
    /// <returns>The token, to be shown once.</returns>
    public static string Renew(StateFolder state)
    {
        var text = BearerToken.NewText();
        DurableFile.Replace(state.Of(Name), Encoding.ASCII.GetBytes(BearerToken.Of(text).Hash + "\n"));
        return text;
    }
}
