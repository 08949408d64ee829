using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class ModelEndpointTests
{
    [Theory]
    [InlineData("openai", "https://api.openai.com/v1/chat/completions", "OPENAI_API_KEY")]
    [InlineData("openrouter", "https://openrouter.ai/api/v1/chat/completions", "OPENROUTER_API_KEY")]
    [InlineData("requesty", "https://router.requesty.ai/v1/chat/completions", "REQUESTY_API_KEY")]
    [InlineData("zai", "https://api.z.ai/api/coding/paas/v4/chat/completions", "ZAI_API_KEY")]
    public void A_known_provider_needs_only_a_model(string provider, string address, string variable)
    {
        var endpoint = ModelEndpoint.Create(provider, null, "m");
        Assert.Equal(address, endpoint.Completions.AbsoluteUri);
        Assert.Equal(variable, endpoint.KeyVariable);
    }

    [Theory]
    [InlineData("https://x.example/v1/", "https://x.example/v1/chat/completions")]
    [InlineData(" https://x.example/v1/chat/completions/ ", "https://x.example/v1/chat/completions")]
    [InlineData("https://x.example", "https://x.example/chat/completions")]
    [InlineData("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions")]
    [InlineData("http://192.168.1.7:8080/v1", "http://192.168.1.7:8080/v1/chat/completions")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080/chat/completions")]
    [InlineData("http://ollama:11434/v1", "http://ollama:11434/v1/chat/completions")]
    public void A_base_url_is_tidied(string given, string address) => Assert.Equal(address, ModelEndpoint.Create("generic", given, "m").Completions.AbsoluteUri);

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData("models.example.com/v1", "no http or https address")]
    [InlineData("file:///etc/passwd", "no http or https address")]
    [InlineData("https://user:hunter2@x.example/v1", "a user name")]
    [InlineData("https://x.example/v1?key=hunter2", "a query")]
    [InlineData("http://models.example.com/v1", "unencrypted")]
    [InlineData("http://8.8.8.8/v1", "unencrypted")]
    public void A_base_url_that_cannot_be_right_is_refused_without_repeating_its_secrets(string? given, string sentence)
    {
        var fault = Assert.Throws<ModelException>(() => ModelEndpoint.Create("generic", given, "m"));
        Assert.Equal(ModelErrorCodes.Misconfigured, fault.Code);
        Assert.Contains("providers.generic.base_url", fault.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("authorization", "Bearer x")]
    [InlineData("Host", "x")]
    [InlineData("X Bad", "x")]
    [InlineData("X-Bad", "a\r\nb")]
    public void A_header_that_is_ours_or_no_header_is_refused(string name, string value)
    {
        var fault = Assert.Throws<ModelException>(() => ModelEndpoint.Create("zai", null, "m", headers: new Dictionary<string, string> { [name] = value }));
        Assert.Contains($"providers.zai.headers.{name}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_shows_no_header() => Assert.Equal("m of zai at https://api.z.ai/api/coding/paas/v4",
        ModelEndpoint.Create("ZAI", null, "m", headers: new Dictionary<string, string> { ["X-Key"] = "hunter2" }).ToString());

    [Fact]
    public void An_unknown_provider_is_told_the_known_ones() => Assert.Contains("openai, openrouter, requesty, zai, generic, rehearsal",
        Assert.Throws<ModelException>(() => ModelEndpoint.Create("acme", null, "m")).Message, StringComparison.Ordinal);
}
