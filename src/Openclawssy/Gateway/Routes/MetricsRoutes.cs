using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Openclawssy.Telemetry;

namespace Openclawssy.Gateway.Routes;

/// <summary><c>GET /metrics</c>: figures for Prometheus. Behind the token, like everything else.</summary>
sealed class MetricsRoutes(GatewayRooms rooms)
{
    public IEnumerable<Route> All => [new("GET", "/metrics", "Figures in the text format of Prometheus.", AnswerAsync) { GivesType = "text/plain" }];

    async Task AnswerAsync(GatewayCall call)
    {
        var load = rooms.Queue.Load;
        using var process = Process.GetCurrentProcess();
        var page = PrometheusPage.Of(rooms.Figures.All,
        [
            ("openclawssy_runs_running", "Runs at work.", load.Running),
            ("openclawssy_runs_waiting", "Runs that wait for a place.", load.Waiting),
            ("openclawssy_audit_ok", "1 while the audit can be written.", rooms.Installation.IsAuditLost ? 0 : 1),
            ("process_start_time_seconds", "When the process started, in seconds since 1970.", rooms.StartedAt.ToUnixTimeMilliseconds() / 1000.0),
            ("process_resident_memory_bytes", "Resident memory.", process.WorkingSet64),
            ("process_cpu_seconds_total", "Processor time.", process.TotalProcessorTime.TotalSeconds),
        ]);
        call.Http.Response.ContentType = PrometheusPage.ContentType;
        await call.Http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(page), call.Gone);
    }
}
