using System.Globalization;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;
using static Openclawssy.TestKit.FakeAnswer;

namespace Openclawssy.Tests.Providers;

public sealed class LedgerClientTests : IAsyncLifetime
{
    static readonly ModelPrice known = new() { Input = 1, Output = 2 };

    readonly Layers layers = new();
    FakeModelServer server = null!;

    public async ValueTask InitializeAsync() => server = await FakeModelServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        layers.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(1000L, 500L, null, "1", "2", null, "0.002")]
    [InlineData(1000L, 500L, 400L, "1", "2", "0.5", "0.0018")]
    [InlineData(1000L, 500L, 0L, "1", "2", "0.5", "0.002")]
    [InlineData(1000L, 0L, 1000L, null, null, "0.5", "0.0005")]
    [InlineData(1000L, 500L, null, "0", "0", null, "0")]
    [InlineData(1000L, 500L, null, "1", null, null, null)]
    [InlineData(1000L, 500L, null, null, "2", null, null)]
    [InlineData(1000L, 500L, 400L, "1", "2", null, null)]
    [InlineData(1000L, 500L, null, "1", "2", "0.5", null)]
    [InlineData(1000L, 500L, 1001L, "1", "2", "0.5", null)]
    [InlineData(null, 500L, null, "1", "2", null, null)]
    [InlineData(1000L, null, null, "1", "2", null, null)]
    public void A_cost_is_known_when_every_count_and_price_it_needs_is(long? input, long? output, long? cached, string? inputPrice, string? outputPrice, string? cachedPrice, string? cost) =>
        Assert.Equal(Of(cost), LedgerClient.Price(new(input, output, null, cached), new() { Input = Of(inputPrice), Output = Of(outputPrice), CachedInput = Of(cachedPrice) }));

    [Fact]
    public void Without_counts_nothing_is_known() => Assert.Null(LedgerClient.Price(null, known));

    [Fact]
    public async Task An_answer_carries_its_cost_and_an_unknown_one_none()
    {
        server.Says("one").Says("two");
        Assert.Equal(0.000021m, (await Layers.AskAsync(layers.Ledger(Layers.Endpoint(server), known))).CostUsd);
        Assert.Null((await Layers.AskAsync(layers.Ledger(Layers.Endpoint(server)))).CostUsd);
    }

    [Fact]
    public async Task The_servers_own_word_counts_where_its_unit_is_known_and_no_price_is_set()
    {
        Assert.Equal(0.0042m, (await AskedAsync("openrouter", null)).CostUsd);
        Assert.Equal(0.000021m, (await AskedAsync("openrouter", known)).CostUsd);
        Assert.Null((await AskedAsync("openrouter", new() { Input = 1 })).CostUsd);
        Assert.Null((await AskedAsync("generic", null)).CostUsd);

        Task<ModelAnswer> AskedAsync(string provider, ModelPrice? price)
        {
            server.Answers(Events(Chunk("""{"content":"hi"}"""), Chunk("{}", "stop"),
                """{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16,"cost":0.0042}}""", "[DONE]"));
            return Layers.AskAsync(layers.Ledger(Layers.Endpoint(server, provider), price));
        }
    }

    [Fact]
    public async Task A_failure_says_what_it_cost()
    {
        var counted = await FailAsync(Events(Chunk("""{"reasoning_content":"hm"}"""), Chunk("{}", "length"), Usage(), "[DONE]"));
        Assert.Equal((new(11, 5, 16), 0.000021m), (counted.Usage, counted.CostUsd));
        var free = await FailAsync(Error(500, "down"));
        Assert.Equal((null, 0m), (free.Usage, free.CostUsd));
        var broken = await FailAsync(Events(Chunk("""{"content":"half"}""")).Aborts());
        Assert.Equal((null, null), (broken.Usage, broken.CostUsd));

        async Task<ModelException> FailAsync(FakeAnswer answer)
        {
            server.Answers(answer);
            return await Assert.ThrowsAsync<ModelException>(() => Layers.AskAsync(layers.Ledger(Layers.Endpoint(server), known)));
        }
    }

    static decimal? Of(string? number) => number is null ? null : decimal.Parse(number, CultureInfo.InvariantCulture);
}
