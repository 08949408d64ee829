using System.Diagnostics;
using System.Diagnostics.Metrics;
using Openclawssy.Egress;
using Openclawssy.Runtime.Journal;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Openclawssy.Telemetry;

/// <summary>
/// Sends spans and figures to where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says (OTLP over HTTP), through the program's one egress client.
/// Without that variable there is none of it: nobody listens, nothing is made.
/// </summary>
sealed class TelemetryExport : IDisposable
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Disabled = "OTEL_SDK_DISABLED", Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL", Headers = "OTEL_EXPORTER_OTLP_HEADERS", ServiceName = "OTEL_SERVICE_NAME";

    const string Name = "openclawssy";

    readonly ActivitySource source = new(Name, Cli.VersionText.Number);
    readonly Meter meter = new(Name, Cli.VersionText.Number);
    readonly TracerProvider traces;
    readonly MeterProvider metrics;

    TelemetryExport(Uri endpoint, World world, EgressClient egress, RunFigures figures)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService(world.Variable(ServiceName) ?? Name, serviceVersion: Cli.VersionText.Number);
        void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new(endpoint.AbsoluteUri.TrimEnd('/') + path);
            options.Headers = world.Variable(Headers);
            options.HttpClientFactory = () => EgressHttp.To(egress, EgressPolicy.Only(endpoint));
        }
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Name).AddOtlpExporter(options => Configure(options, "/v1/traces")).Build();
        foreach (var figure in figures.All)
            meter.CreateObservableCounter(figure.Name, () => figure.All.Select(one => new Measurement<double>(one.Number, figure.Labels.Zip(one.Values, (label, value) => KeyValuePair.Create(label, (object?)value)))), description: figure.Help);
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name).AddOtlpExporter(options => Configure(options, "/v1/metrics")).Build();
    }

    /// <summary>Null when nobody asked for it.</summary>
    /// <exception cref="NotSupportedException">It is asked for in a way that is not built.</exception>
    public static TelemetryExport? Of(World world, EgressClient egress, RunFigures figures)
    {
        if (world.Variable(Endpoint) is not { Length: > 0 } text || string.Equals(world.Variable(Disabled), "true", StringComparison.OrdinalIgnoreCase)) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https")) throw new NotSupportedException($"{Endpoint} is no http or https address");
        if (world.Variable(Protocol) is { Length: > 0 } protocol and not "http/protobuf") throw new NotSupportedException($"{Protocol} is {Runtime.Text.OneLine.Escape(protocol, 40)}, and only http/protobuf is built");
        return new(endpoint, world, egress, figures);
    }

    /// <summary>A listener for one run that is about to begin.</summary>
    public IJournalListener ForRun() => new RunTracer(source);

    /// <summary>Sends what is left, for at most five seconds each.</summary>
    public void Dispose()
    {
        traces.ForceFlush(5000);
        metrics.ForceFlush(5000);
        traces.Dispose();
        metrics.Dispose();
        meter.Dispose();
        source.Dispose();
    }
}
