using System.Text.Json;
using Microsoft.Extensions.AI;
using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

/// <summary>A fake server, our client before it, and one question: everything over real HTTP.</summary>
sealed class Wire : IAsyncDisposable
{
    public const string Key = "sk-test-Zx81+/key==secret";

    readonly EgressClient egress;

    Wire(FakeModelServer server, ModelEndpoint endpoint, TimeProvider clock, WireLimits? limits)
    {
        Server = server;
        Endpoint = endpoint;
        egress = EgressClient.OfSystem(TimeProvider.System);
        Client = new(endpoint, new Credentials((_, _) => null, _ => Key, _ => null), new(endpoint.BaseUrl, egress), clock, limits);
    }

    public FakeModelServer Server { get; }

    public ModelEndpoint Endpoint { get; }

    public ChatCompletionsClient Client { get; }

    public static async Task<Wire> OpenAsync(TimeProvider? clock = null, WireLimits? limits = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        var server = await FakeModelServer.StartAsync(Key);
        return new(server, ModelEndpoint.Create("generic", server.BaseUrl, "fake-model", headers: headers), clock ?? TimeProvider.System, limits);
    }

    /// <summary>A client whose endpoint has no fake server behind it.</summary>
    public static async Task<ModelException> FailAgainstAsync(string baseUrl)
    {
        var endpoint = ModelEndpoint.Create("generic", baseUrl, "fake-model");
        using var egress = EgressClient.OfSystem(TimeProvider.System);
        using var client = new ChatCompletionsClient(endpoint, new Credentials((_, _) => null, _ => Key, _ => null), new(endpoint.BaseUrl, egress), TimeProvider.System);
        return await Assert.ThrowsAsync<ModelException>(() => AskAsync(client, Question));
    }

    public static IReadOnlyList<ChatMessage> Question { get; } = [ModelMessages.System("Be brief."), ModelMessages.User("hello")];

    public static ModelTool FsRead { get; } = Tool("fs.read", """{"type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false}""");

    public static ModelTool FsWrite { get; } = Tool("fs.write", """{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}}}""");

    public static ChatOptions Options => new() { MaxOutputTokens = 1000, Temperature = 0.2f, Tools = [FsRead, FsWrite] };

    public Task<ModelAnswer> AskAsync(params IReadOnlyList<ChatMessage> messages) => AskAsync(Client, messages.Count == 0 ? Question : messages);

    public async Task<ModelAnswer> AskAsync(FakeAnswer answer)
    {
        Server.Answers(answer);
        var given = await AskAsync();
        Server.AssertClean();
        return given;
    }

    public async Task<ModelException> FailAsync(FakeAnswer answer)
    {
        Server.Answers(answer);
        var fault = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        Server.AssertClean();
        Assert.DoesNotContain(Key, fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        return fault;
    }

    public static async Task<ModelAnswer> AskAsync(IChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions? options = null)
    {
        var assembler = new AnswerAssembler(1);
        await foreach (var update in client.GetStreamingResponseAsync(messages, options ?? Options)) assembler.Add(update);
        return assembler.Finish();
    }

    public async ValueTask DisposeAsync()
    {
        egress.Dispose();
        await Server.DisposeAsync();
    }

    static ModelTool Tool(string name, string schema) => new(name, $"The tool {name}.", JsonDocument.Parse(schema).RootElement);
}
