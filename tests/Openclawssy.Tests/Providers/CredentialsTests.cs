using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.Runtime.Secrets;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class CredentialsTests
{
    static readonly ModelEndpoint Zai = ModelEndpoint.Create("zai", null, "m");

    [Theory]
    [InlineData("stored-key", "environment-key", "configured-key", "stored-key", "the secret provider/zai/api_key")]
    [InlineData(" ", "environment-key", "configured-key", "environment-key", "the environment variable ZAI_API_KEY")]
    [InlineData(null, "", "configured-key", "configured-key", "providers.zai.api_key")]
    public void The_store_comes_before_the_environment_and_that_before_the_configuration(string? stored, string? environment, string? configured, string expected, string source)
    {
        var key = new Credentials(
            (name, to) => name.ToString() == "provider/zai/api_key" && to == new SecretDestination("api.z.ai", "Authorization") ? stored : null, name => name == "ZAI_API_KEY" ? environment : null, name => name == "zai" ? configured : null).KeyFor(Zai);
        using var request = new HttpRequestMessage();
        key.Authorize(request);
        Assert.Equal("Bearer " + expected, request.Headers.Authorization!.ToString());
        Assert.Equal(source, key.Source);
    }

    [Fact]
    public void A_missing_key_says_where_one_can_be_put()
    {
        var fault = Assert.Throws<ModelException>(() => new Credentials((_, _) => null, _ => null, _ => null).KeyFor(Zai));
        Assert.Equal(ModelErrorCodes.NoKey, fault.Code);
        Assert.Equal("there is no API key for zai; run `openclawssy secrets set provider/zai/api_key`, or set the environment variable ZAI_API_KEY, or providers.zai.api_key in the configuration; for a server that asks for none, set providers.zai.keyless to true", fault.Message);
    }

    [Fact]
    public void A_stored_key_that_is_bound_elsewhere_is_an_error_and_not_a_reason_to_look_on()
    {
        var fault = Assert.Throws<ModelException>(() => new Credentials(
            (_, _) => throw new SecretException(SecretErrorCodes.NotBound, "it is bound to api.z.ai", "bind it"), _ => "environment-key", _ => null).KeyFor(Zai));
        Assert.Equal(ModelErrorCodes.NoKey, fault.Code);
        Assert.Equal("it is bound to api.z.ai; bind it", fault.Message);
    }

    [Fact]
    public void A_key_with_a_line_break_is_refused_without_showing_it()
    {
        var fault = Assert.Throws<ModelException>(() => new Credentials((_, _) => null, _ => "first-half\r\nX-Evil: 1", _ => null).KeyFor(Zai));
        Assert.DoesNotContain("first-half", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_does_not_show_itself() => Assert.Equal("[key from a test]", new ApiKey("hunter2-hunter2", "a test").ToString());

    // A record would print its value; the check above would see it.
    [Fact]
    public void The_check_catches_a_key_that_is_a_record() => Assert.Contains("hunter2", new NaiveKey("hunter2-hunter2").ToString(), StringComparison.Ordinal);

    sealed record NaiveKey(string Value);
}
