using System.Globalization;
using Microsoft.Extensions.AI;
using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.House;

/// <summary>The layers around real wires as the program stacks them, on a clock of their own and with chosen chance.</summary>
sealed class Layers : IDisposable
{
    readonly EgressClient egress = EgressClient.OfSystem(TimeProvider.System);

    public Layers() => Resting = new(Clock);

    public SignallingClock Clock { get; } = new();

    public RestingModels Resting { get; }

    /// <summary>Every byte of chance: 0 gives the shortest waits, 255 all but the longest.</summary>
    public byte Chance { get; set; } = 255;

    public static ModelEndpoint Endpoint(FakeModelServer server, string provider = "generic", string model = "fake-model") => ModelEndpoint.Create(provider, server.BaseUrl, model);

    public LedgerClient Ledger(ModelEndpoint endpoint, ModelPrice? price = null, string? key = "test-key-0123456789") =>
        new(new ChatCompletionsClient(endpoint, new Credentials((_, _) => null, _ => key, _ => null), new(endpoint.BaseUrl, egress), Clock), price);

    public RetryingClient Retry(ModelEndpoint endpoint, ModelPrice? price = null, string? key = "test-key-0123456789") =>
        new(Ledger(endpoint, price, key), new(endpoint.Provider, endpoint.Model), Clock, bytes => bytes.Fill(Chance));

    public FallbackStep Step(ModelEndpoint endpoint, ModelPrice? price = null, string? key = "test-key-0123456789")
    {
        var client = Retry(endpoint, price, key);
        return new(new(endpoint.Provider, endpoint.Model), () => client);
    }

    public FallbackClient Chain(params IReadOnlyList<FallbackStep> steps) => new(steps, Resting);

    public static async Task<ModelAnswer> AskAsync(IChatClient client, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var assembler = new AnswerAssembler(1);
        await foreach (var update in client.GetStreamingResponseAsync([ModelMessages.User("hello")], options, cancellationToken)) assembler.Add(update);
        return assembler.Finish();
    }

    public void Dispose() => egress.Dispose();
}

/// <summary>Remembers what a witness is told, as lines.</summary>
sealed class ToldWitness : IWireWitness
{
    public List<string> Steps { get; } = [];

    public static (ChatOptions Options, ToldWitness Witness) Asked()
    {
        var (options, witness) = (new ChatOptions(), new ToldWitness());
        options.SetWitness(witness);
        return (options, witness);
    }

    public ValueTask SendingAsync(WireTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Steps.Add($"sends to {target.Provider}/{target.Model}");
        return default;
    }

    public ValueTask FailedAsync(ModelException failure, WireNext following, CancellationToken cancellationToken)
    {
        Steps.Add(string.Create(CultureInfo.InvariantCulture, $"{failure.Code}, {following.Step} {following.Target.Provider}/{following.Target.Model} in {following.Wait.TotalSeconds:0.0} s"));
        return default;
    }
}
