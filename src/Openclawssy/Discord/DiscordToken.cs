using System.Net.Http.Headers;
using System.Text.Json;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>The bot's token. Its value leaves this class only into a request's <c>Authorization</c> and into the gateway's first words.</summary>
sealed class DiscordToken
{
    /// <summary>The name under which the secret store keeps it.</summary>
    public static SecretName Secret { get; } = SecretName.Parse("discord/bot_token");

    readonly string value;

    /// <param name="source">Where a person can change it.</param>
    public DiscordToken(string value, string source) => (this.value, Source) = (value, source);

    public string Source { get; }

    public void Authorize(HttpRequestMessage request) => request.Headers.Authorization = new AuthenticationHeaderValue("Bot", value);

    public void Write(Utf8JsonWriter json) => json.WriteString("token", value);

    /// <summary>Looks in the secret store, then the environment, then the configuration; the first that is not blank counts.</summary>
    /// <param name="stored">Value of a stored secret for one destination; null when there is none.</param>
    /// <param name="environment">Value of an environment variable.</param>
    /// <exception cref="DiscordStoppedException">There is none, or it may not be sent where the configuration says.</exception>
    public static DiscordToken Find(Func<SecretName, SecretDestination, string?> stored, Func<string, string?> environment, DiscordConfig config)
    {
        return Take(Stored(), $"the secret {Secret}") ?? Take(environment(config.TokenEnv), $"the environment variable {config.TokenEnv}") ?? Take(config.Token?.Reveal(), "discord.token")
            ?? throw new DiscordStoppedException($"there is no bot token; run `openclawssy secrets set {Secret}`, or set the environment variable {config.TokenEnv}");

        string? Stored()
        {
            try
            {
                // It goes to both, so it has to be bound to both.
                var value = stored(Secret, new(new Uri(config.ApiBase), SecretBinding.Authorization));
                return value is null ? null : stored(Secret, new(new Uri(config.GatewayUrl), SecretBinding.Authorization));
            }
            catch (SecretException refused) { throw new DiscordStoppedException($"{refused.Message}; {refused.NextStep}"); }
        }

        static DiscordToken? Take(string? value, string source)
        {
            if (string.IsNullOrWhiteSpace(value)) return null;
            var trimmed = value.Trim();
            if (trimmed.StartsWith("Bot ", StringComparison.OrdinalIgnoreCase)) trimmed = trimmed[4..].Trim();
            return trimmed.AsSpan().ContainsAnyExceptInRange('!', '~')
                ? throw new DiscordStoppedException($"the bot token from {source} holds characters no token has (a space or a line break?); set it again")
                : new(trimmed, source);
        }
    }

    public override string ToString() => $"[bot token from {Source}]";
}
