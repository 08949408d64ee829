using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Openclawssy.Telemetry;
using Openclawssy.TestKit;
using Openclawssy.Tests.Gateway;
using Xunit;

namespace Openclawssy.Tests.Telemetry;

public sealed class TelemetryTests
{
    const string Planted = "a sentence nobody else may read 4711";

    [Fact]
    public async Task Runs_models_and_tools_are_told_as_spans_and_figures_and_no_text_of_them_leaves()
    {
        await using var collector = await Collector.StartAsync();
        await using (var house = await GatewayHouse.OpenAsync(variables: new() { [TelemetryExport.Endpoint] = collector.Address }))
        {
            house.Model.Answers(FakeAnswer.Calls(("fs.list", """{"path":"."}""")), FakeAnswer.Says(Planted));
            await house.EndOfAsync(await house.AskAsync(Planted));
        }
        var traces = collector.Of("/v1/traces");
        Assert.All(["invoke_agent default", "chat m", "execute_tool fs.list", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.tool.call.id"], name => Assert.Contains(name, traces, StringComparison.Ordinal));
        Assert.Contains("openclawssy_runs_total", collector.Of("/v1/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, traces + collector.Of("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_variable_nothing_is_made_and_nothing_is_sent()
    {
        await using var collector = await Collector.StartAsync();
        await using var house = await GatewayHouse.OpenAsync(variables: new() { [TelemetryExport.Endpoint] = collector.Address, [TelemetryExport.Disabled] = "true" });
        await house.EndOfAsync(await house.AskAsync("/tool time.now {}"));
        await house.StopAsync();
        Assert.Equal("", collector.Of("/v1/traces") + collector.Of("/v1/metrics"));
        await house.StartAsync();
    }

    [Fact]
    public async Task A_protocol_that_is_not_built_refuses_the_start() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => GatewayHouse.OpenAsync(variables: new() { [TelemetryExport.Endpoint] = "http://127.0.0.1:1", [TelemetryExport.Protocol] = "grpc" }));

    [Fact]
    public async Task Figures_for_prometheus_count_what_runs_did()
    {
        await using var house = await GatewayHouse.OpenAsync();
        house.Model.Answers(FakeAnswer.Calls(("fs.read", """{"path":"missing"}""")), FakeAnswer.Calls(("config.set", """{"updates":{"network.enabled":true}}""")), FakeAnswer.Says("done"));
        await house.EndOfAsync(await house.AskAsync("work"));
        var page = await house.Client.GetStringAsync("/metrics");
        Assert.Contains("openclawssy_runs_total{status=\"completed\",reason=\"\",source=\"http\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("openclawssy_model_calls_total{provider=\"generic\",model=\"m\",outcome=\"ok\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("openclawssy_tool_calls_total{tool=\"fs.read\",outcome=\"tool.input_invalid\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("openclawssy_policy_denials_total{tool=\"config.set\",rule=\"no_grant\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE openclawssy_run_duration_seconds histogram\n", page, StringComparison.Ordinal);
        Assert.Contains("openclawssy_run_duration_seconds_bucket{le=\"+Inf\"} 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_a_model_can_choose_make_no_figures_without_end()
    {
        var counted = new Counted("x_total", "x", "tool");
        for (var i = 0; i < 2_000; i++) counted.Add(1, $"t{i}");
        Assert.InRange(counted.All.Count(), 2, 501);
        Assert.Equal(2_000, counted.All.Sum(one => one.Number));
        Assert.Contains("\\\"\\n", PrometheusPage.Of([Odd()], []), StringComparison.Ordinal);

        static Counted Odd()
        {
            var odd = new Counted("y_total", "y", "tool");
            odd.Add(1, "\"\n");
            return odd;
        }
    }

    /// <summary>Takes what is sent by OTLP over HTTP and keeps the bytes.</summary>
    sealed class Collector : IAsyncDisposable
    {
        readonly WebApplication app;
        readonly ConcurrentQueue<(string Path, string Body)> received = new();

        Collector(WebApplication app) => this.app = app;

        public string Address => app.Urls.First();

        public string Of(string path) => string.Concat(received.Where(one => one.Path == path).Select(one => one.Body));

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var collector = new Collector(builder.Build());
            collector.app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector.received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
            });
            await collector.app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
