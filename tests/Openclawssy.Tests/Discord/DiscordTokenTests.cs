using System.Text;
using System.Text.Json;
using Openclawssy.Discord;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Xunit;

namespace Openclawssy.Tests.Discord;

public sealed class DiscordTokenTests
{
    const string Stored = "stored-bot-token-1", Variable = "variable-bot-token-2", Written = "written-bot-token-3";

    static readonly DiscordConfig config = new() { Token = new(Written) };

    static string SentBy(DiscordToken token)
    {
        using var request = new HttpRequestMessage();
        token.Authorize(request);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            token.Write(json);
            json.WriteEndObject();
        }
        Assert.Equal($"{{\"token\":\"{request.Headers.Authorization!.Parameter}\"}}", Encoding.UTF8.GetString(bytes.ToArray()));
        return request.Headers.Authorization.ToString();
    }

    [Fact]
    public void The_store_comes_first_then_the_environment_then_the_configuration()
    {
        Assert.Equal($"Bot {Stored}", SentBy(DiscordToken.Find((_, _) => Stored, _ => Variable, config)));
        Assert.Equal($"Bot {Variable}", SentBy(DiscordToken.Find((_, _) => null, name => name == "DISCORD_BOT_TOKEN" ? Variable : null, config)));
        Assert.Equal($"Bot {Written}", SentBy(DiscordToken.Find((_, _) => " ", _ => "", config)));
        Assert.Equal($"Bot {Variable}", SentBy(DiscordToken.Find((_, _) => null, _ => $" Bot {Variable}\n", config)));
    }

    [Fact]
    public void It_is_asked_for_both_places_it_goes_to()
    {
        var asked = new List<SecretDestination>();
        DiscordToken.Find((name, to) =>
        {
            Assert.Equal("discord/bot_token", name.ToString());
            asked.Add(to);
            return Stored;
        }, _ => null, config);
        Assert.Equal([new("discord.com", "Authorization"), new("gateway.discord.gg", "Authorization")], asked);
    }

    [Fact]
    public void None_a_broken_one_and_one_that_is_bound_elsewhere_say_what_to_do()
    {
        Assert.Contains("openclawssy secrets set discord/bot_token", Refusal((_, _) => null, _ => null), StringComparison.Ordinal);
        Assert.Contains("characters no token has", Refusal((_, _) => null, _ => "two words"), StringComparison.Ordinal);
        Assert.DoesNotContain("two words", Refusal((_, _) => null, _ => "two words"), StringComparison.Ordinal);
        Assert.Contains("bind", Refusal((_, _) => throw new SecretException("secrets.not_bound", "it is bound elsewhere", "run `openclawssy secrets bind`"), _ => Variable), StringComparison.Ordinal);

        static string Refusal(Func<Runtime.Text.SecretName, SecretDestination, string?> stored, Func<string, string?> environment) =>
            Assert.Throws<DiscordStoppedException>(() => DiscordToken.Find(stored, environment, new())).Message;
    }

    [Fact]
    public void It_does_not_print() => Assert.Equal("[bot token from somewhere]", $"{new DiscordToken(Stored, "somewhere")}");

    [Fact]
    public void When_it_is_stored_it_is_bound_to_where_the_configuration_sends_it()
    {
        Assert.Equal("discord.com, gateway.discord.gg (Authorization)", SecretPlaces.Bind(new(), DiscordToken.Secret, null)!.ToString());
        var elsewhere = new OpenclawssyConfig { Discord = new() { ApiBase = "http://127.0.0.1:5000/api", GatewayUrl = "ws://127.0.0.1:5001" } };
        Assert.Equal("127.0.0.1:5000, 127.0.0.1:5001 (Authorization)", SecretPlaces.Bind(elsewhere, DiscordToken.Secret, SecretPlaces.Bind(new(), DiscordToken.Secret, null))!.ToString());
    }
}
