using System.Net;
using System.Net.Sockets;
using Openclawssy.Egress;
using Openclawssy.Providers;
using Openclawssy.Runtime.Models;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Providers;

public sealed class ModelDoorTests
{
    static readonly ApiKey Key = new("secret-key", "a test");

    [Theory]
    [InlineData("http://127.0.0.1:81/v1")]
    [InlineData("https://127.0.0.1:80/v1")]
    [InlineData("http://127.0.0.2/v1")]
    [InlineData("http://evil.example/v1")]
    public async Task It_goes_to_its_own_origin_and_nowhere_else(string elsewhere)
    {
        using var client = EgressClient.OfSystem(TimeProvider.System);
        var door = new ModelDoor(new("http://127.0.0.1:80/v1"), client);
        using var request = new HttpRequestMessage(HttpMethod.Post, elsewhere);
        var fault = await Assert.ThrowsAsync<ModelException>(() => door.SendAsync(request, Key, TestContext.Current.CancellationToken));
        Assert.Equal(ModelErrorCodes.Misconfigured, fault.Code);
        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task Proxy_variables_are_ignored()
    {
        // What the variables become in the framework; setting them in this process would be too late if something has asked before.
        using var canary = new Canary();
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(canary.Address);
        try
        {
            await using var server = await FakeModelServer.StartAsync();
            server.Answers(FakeAnswer.Says("hi"), FakeAnswer.Says("hi"));
            var endpoint = ModelEndpoint.Create("generic", server.BaseUrl, "m");
            using var client = EgressClient.OfSystem(TimeProvider.System);
            var door = new ModelDoor(endpoint.BaseUrl, client);
            using var request = Request(endpoint.Completions);
            using var response = await door.SendAsync(request, Key, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(0, canary.Visitors);

            // The negative control: the framework's own default would have gone to the proxy.
            using var naive = new HttpClient();
            using var again = Request(endpoint.Completions);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => naive.SendAsync(again));
            Assert.Equal(1, canary.Visitors);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task Cookies_are_not_kept_and_redirects_not_followed()
    {
        await using var elsewhere = await FakeModelServer.StartAsync();
        await using var wire = await Wire.OpenAsync();
        await wire.AskAsync(FakeAnswer.Says("hi").With("Set-Cookie", "id=7; Path=/"));
        // The server's rules look for a cookie in the second request.
        await wire.AskAsync(FakeAnswer.Says("hi"));
        await wire.FailAsync(FakeAnswer.RedirectsTo(elsewhere.BaseUrl));
        Assert.Empty(elsewhere.Requests);
    }

    static HttpRequestMessage Request(Uri address) => new(HttpMethod.Post, address)
    {
        Content = new ReadOnlyMemoryContent(ChatCompletionsBody.Write(Wire.Question, null, ModelEndpoint.Rehearsal)) { Headers = { ContentType = new("application/json") } },
    };

    /// <summary>Counts who connects, and hangs up.</summary>
    sealed class Canary : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        int visitors;

        public Canary()
        {
            listener.Start();
            _ = AcceptAsync();
        }

        public Uri Address => new($"http://{listener.LocalEndpoint}");

        public int Visitors => visitors;

        public void Dispose() => listener.Dispose();

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var visitor = await listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref visitors);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
