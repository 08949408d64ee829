using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Providers;

/// <summary>The layers as the program puts them together from its configuration.</summary>
public sealed class ModelClientsTests
{
    static readonly World world = new(TimeProvider.System, name => name == "OPENAI_COMPAT_API_KEY" ? "test-key-0123456789" : null, (_, _) => { }, _ => null);

    [Fact]
    public async Task Configured_fallbacks_and_prices_are_at_work()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Says("from the fallback");
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        var models = new ModelClients(Config(server.BaseUrl), world, "/nowhere", egress, (_, _) => null);
        var (options, witness) = ToldWitness.Asked();
        var answer = await Layers.AskAsync(models.Of(Model("openai", "first")), options);
        Assert.Equal(("from the fallback", 0.000021m), (answer.Text, answer.CostUsd));
        Assert.Equal(["model.no_key, fallback generic/second in 0.0 s", "sends to generic/second"], witness.Steps);
    }

    [Fact]
    public async Task A_model_of_the_chain_that_is_asked_first_is_not_asked_twice()
    {
        await using var server = await FakeModelServer.StartAsync();
        server.Answers(FakeAnswer.Error(404, "gone"));
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        var models = new ModelClients(Config(server.BaseUrl), world, "/nowhere", egress, (_, _) => null);
        var failure = await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(models.Of(Model("generic", "second"))));
        Assert.StartsWith("generic at ", failure.Message, StringComparison.Ordinal);
        server.AssertClean();
    }

    [Fact]
    public void A_chain_is_made_once_and_what_is_wrong_with_it_shows_when_it_is_asked()
    {
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        var models = new ModelClients(Config("http://127.0.0.1:1/v1"), world, "/nowhere", egress, (_, _) => null);
        var chain = models.Of(Model("rehearsal", "r"));
        Assert.Same(chain, models.Of(Model("rehearsal", "r") with { MaxTokens = 7 }));
        Assert.NotSame(chain, models.Of(Model("generic", "r")));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openrouter")]
    [InlineData("requesty")]
    [InlineData("zai")]
    [InlineData("generic")]
    public void Whatever_is_handed_out_stands_around_a_ledger(string provider)
    {
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        var models = new ModelClients(Config("http://127.0.0.1:1/v1"), world, "/nowhere", egress, (_, _) => null);
        Assert.NotNull(models.Of(Model(provider, "m")).GetService(typeof(LedgerClient), null));
    }

    static ModelOptions Model(string provider, string name) => new(provider, name, 100, null, true);

    static OpenclawssyConfig Config(string baseUrl)
    {
        var config = new OpenclawssyConfig();
        return config with
        {
            Model = config.Model with { Fallbacks = [new() { Provider = "generic", Name = "second" }] },
            Providers = new Dictionary<string, ProviderConfig>(config.Providers)
            {
                ["generic"] = config.Providers["generic"] with { BaseUrl = baseUrl, Prices = new Dictionary<string, ModelPrice> { ["second"] = new() { Input = 1, Output = 2 } } },
            },
        };
    }
}
