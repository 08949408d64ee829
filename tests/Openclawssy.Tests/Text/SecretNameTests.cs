using CsCheck;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Text;

public sealed class SecretNameTests
{
    [Theory]
    [InlineData("PERPLEXITY_API_KEY", "provider/perplexity/api_key")]
    [InlineData("my_own_api_key", "provider/my-own/api_key")]
    [InlineData("Provider/OpenAI/API_KEY", "provider/openai/api_key")]
    [InlineData("discord/bot_token", "discord/bot_token")]
    [InlineData("Weather.Token-2", "Weather.Token-2")]
    [InlineData("x/MY_API_KEY", "x/MY_API_KEY")]
    public void A_name_has_one_spelling(string typed, string name) => Assert.Equal(name, SecretName.Parse(typed).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("_API_KEY")]
    [InlineData("OPENAI_API_KEY=sk-123")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ключ")]
    public void What_is_no_name_is_refused_without_being_repeated(string typed)
    {
        Assert.False(SecretName.TryParse(typed, out _));
        if (typed.Length > 4) Assert.DoesNotContain(typed, Assert.Throws<FormatException>(() => SecretName.Parse(typed)).Message);
    }

    [Fact]
    public void A_name_has_a_longest_length_in_its_one_spelling_too()
    {
        Assert.True(SecretName.TryParse(new string('a', SecretName.MaxLength), out _));
        Assert.False(SecretName.TryParse(new string('a', SecretName.MaxLength + 1), out _));
        Assert.False(SecretName.TryParse(new string('a', SecretName.MaxLength - 8) + "_API_KEY", out _));
    }

    [Fact]
    public void Reading_a_name_again_changes_nothing()
    {
        var part = Gen.String[Gen.Char["abzABZ019_.-"], 1, 12];
        Gen.Select(part.Array[1, 4], Gen.OneOf("", "_API_KEY", "/api_key", "/API_KEY"), Gen.OneOf("", "provider/", "PROVIDER/")).Sample((parts, end, begin) =>
        {
            if (!SecretName.TryParse(begin + string.Join('/', parts) + end, out var name)) return;
            Assert.Equal(name, SecretName.Parse(name.ToString()));
            if (name.ProviderName is { } provider) Assert.Equal(name, SecretName.OfProvider(provider));
        });
    }

    [Theory]
    [InlineData("provider/zai/api_key", "zai")]
    [InlineData("provider/a/b/api_key", null)]
    [InlineData("provider/api_key", null)]
    [InlineData("discord/bot_token", null)]
    public void A_providers_key_says_whose_it_is(string name, string? provider) => Assert.Equal(provider, SecretName.Parse(name).ProviderName);
}
