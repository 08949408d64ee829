using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Agents;

/// <summary>Makes an agent.</summary>
public sealed class AgentCreate() : Tool<AgentCreate.Input, AgentCreate.Output>(AgentCreateJson.Default)
{
    public sealed record Input(
        [property: Description("The new agent's id: letters, digits, '_', '-' and '.'.")] string AgentId,
        [property: Description("Write the documents of an agent that exists again. Needs policy.admin.")] bool Force = false);

    public sealed record Output(
        [property: Description("As given.")] string AgentId,
        [property: Description("Its folder, from the installation's root.")] string Path,
        [property: Description("False when it was there before.")] bool Created,
        [property: Description("Documents that were written, sorted.")] IReadOnlyList<string> SeededFiles,
        [property: Description("How many they are.")] int Count);

    public override string Name => "agent.create";
    public override string Description => "Make an agent with the default documents and the starter rights, of which it gets only those you have yourself.";
    public override Reach Reach => Reach.AgentControl;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var made = scope.AgentControl.Create(Given.Agent(input.AgentId), input.Force);
        return Task.FromResult(new Answer<Output>(
            new(input.AgentId, made.Path, made.Created, made.Written, made.Written.Count), $"{(made.Created ? "made" : "kept")} agent {input.AgentId}, wrote {made.Written.Count} documents"));
    }
}

[JsonSerializable(typeof(AgentCreate.Input))]
[JsonSerializable(typeof(AgentCreate.Output))]
sealed partial class AgentCreateJson : JsonSerializerContext;
