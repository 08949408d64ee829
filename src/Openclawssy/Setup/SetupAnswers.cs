using System.Security.Cryptography;

namespace Openclawssy.Setup;

/// <summary>What was already said by options. Null is not said.</summary>
/// <param name="Key">Overwritten by whoever made it.</param>
/// <param name="Check">Try the model with one real call, without asking whether to.</param>
/// <param name="NoKey">The server asks for no key.</param>
/// <param name="ChatUsers">Who may write over HTTP, beside those who may already.</param>
/// <param name="Https">Serve HTTPS, with a certificate of its own where there is none.</param>
/// <param name="DiscordToken">The bot's token; with it the bridge is on. Overwritten by whoever made it.</param>
/// <param name="DiscordUsers">Ids of users who may write on Discord.</param>
sealed record SetupGiven(
    string? Provider = null, string? BaseUrl = null, string? Model = null, byte[]? Key = null, bool Check = false, RightsPreset? Rights = null,
    IReadOnlyList<string>? Hosts = null, IReadOnlyList<string>? Commands = null, bool NoKey = false, IReadOnlyList<string>? ChatUsers = null, bool Https = false,
    byte[]? DiscordToken = null, IReadOnlyList<string>? DiscordUsers = null);

/// <summary>Everything the wizard learned; nothing of it is written yet.</summary>
/// <param name="BaseUrl">Null leaves the provider's own.</param>
/// <param name="Rights">Null keeps what the agent has.</param>
/// <param name="Hosts">Null keeps the settings about the network as they are; empty switches it off for tools.</param>
/// <param name="Commands">Null keeps the settings about commands as they are; empty switches them off.</param>
/// <param name="Keyless">The provider's server asks for no key.</param>
/// <param name="ChatUsers">Null keeps who may write over HTTP as it is.</param>
/// <param name="Https">False keeps the settings as they are.</param>
/// <param name="Discord">Null keeps the settings as they are; else the bridge is on.</param>
sealed record SetupAnswers(
    string Provider, string? BaseUrl, string Model, SetupKey Key, RightsPreset? Rights, IReadOnlyList<string>? Hosts, IReadOnlyList<string>? Commands,
    bool Keyless = false, IReadOnlyList<string>? ChatUsers = null, bool Https = false, DiscordAnswers? Discord = null);

/// <param name="Users">Ids of those who may write.</param>
sealed record DiscordAnswers(SetupKey Token, IReadOnlyList<string> Users);

/// <summary>A provider's key on its way to the store; empty when none is to be stored.</summary>
sealed class SetupKey(byte[]? bytes) : IDisposable
{
    public static SetupKey None { get; } = new(null);

    public ReadOnlySpan<byte> Bytes => bytes;
    public bool IsThere => bytes is { Length: > 0 };

    /// <summary>As a request needs it.</summary>
    public string? Reveal() => IsThere ? System.Text.Encoding.UTF8.GetString(bytes!) : null;

    public override string ToString() => IsThere ? "[key]" : "[no key]";

    public void Dispose()
    {
        if (bytes is not null) CryptographicOperations.ZeroMemory(bytes);
    }
}
