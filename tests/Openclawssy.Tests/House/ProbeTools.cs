using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tests.House;

/// <summary>Takes a value that must never be written anywhere.</summary>
sealed class SecretKeeper() : Tool<SecretKeeper.Input, SecretKeeper.Output>(SecretKeeperJson.Default)
{
    public sealed record Input([property: Description("Name.")] string Key, [property: Description("Value.")][property: Sensitive] string Value);
    public sealed record Output(int Length);

    /// <summary>What the tool was really handed.</summary>
    public string? Received { get; private set; }

    public override string Name => "keeper.set";
    public override string Description => "Keeps a value.";

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        Received = input.Value;
        return Task.FromResult(new Answer<Output>(new(input.Value.Length), $"stored {input.Key}"));
    }
}

[JsonSerializable(typeof(SecretKeeper.Input)), JsonSerializable(typeof(SecretKeeper.Output))]
sealed partial class SecretKeeperJson : JsonSerializerContext;

/// <summary>Does whatever a test tells it to, with whatever reach.</summary>
sealed class ProbeTool(Reach reach, Func<ToolScope, string, CancellationToken, Task<string>> act, string name = "probe.act") : Tool<ProbeTool.Input, ProbeTool.Output>(ProbeToolJson.Default)
{
    public ProbeTool(Reach reach, Func<ToolScope, CancellationToken, Task<string>> act, string name = "probe.act") : this(reach, (scope, _, token) => act(scope, token), name) { }

    public sealed record Input([property: Description("Anything.")] string Key = "");
    public sealed record Output(string Said);

    public override string Name => name;
    public override string Description => "Acts for a test.";
    public override Reach Reach => reach;

    protected override async Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken) =>
        new(new(await act(scope, input.Key, cancellationToken)), "acted");
}

[JsonSerializable(typeof(ProbeTool.Input)), JsonSerializable(typeof(ProbeTool.Output))]
sealed partial class ProbeToolJson : JsonSerializerContext;
