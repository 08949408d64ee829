using System.Text.Json;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/audit</c>: is it intact, and what stands in it.</summary>
sealed class AuditRoutes(GatewayRooms rooms)
{
    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/audit", "Verifies every chain of the audit, and one run's journal against it.", VerifyAsync)
        {
            Gives = GatewayJson.Default.AuditReply, Query = [new("run_id", "Also check this run's journal.")],
        },
        new("GET", "/api/admin/audit/records", "Shows records of one chain, the newest first.", RecordsAsync)
        {
            Gives = GatewayJson.Default.AuditRecords,
            Query =
            [
                new("agent_id", "The agent's chain; the installation's own when left out."), new("event", "Only records of this event."), new("run_id", "Only records of this run."),
                new("actor", "Only records whose actor contains this."), new("q", "Only records that contain this."), new("before", "Only records with a lower number.", "integer"),
                new("limit", "1 to 500; 100 when left out.", "integer"),
            ],
        },
    ];

    async Task VerifyAsync(GatewayCall call)
    {
        RunId? run = call.Text("run_id") is not { } text ? null : RunId.TryParse(text, out var id) ? id : throw RequestRefused.InvalidInput("that is no run id");
        var verdict = await Task.Run(() => AuditVerifier.Verify(rooms.Installation.State.Path, rooms.Anchor(), run), call.Gone);
        await call.AnswerAsync(new(verdict.ExitCode, verdict.Summary, verdict.Anchored, verdict.Records, verdict.Segments,
            [.. verdict.Findings.Select(finding => new AuditFault(finding.Code, finding.File, finding.What, finding.Line, finding.Seq))]), GatewayJson.Default.AuditReply);
    }

    async Task RecordsAsync(GatewayCall call)
    {
        var chain = call.Text("agent_id") is { } text ? $"agents/{GatewayCall.Agent(text)}/audit" : "audit";
        var query = new AuditQuery(call.Text("event"), call.Text("run_id"), call.Text("actor"), call.Text("q"));
        var before = call.Number("before", 0, 0, int.MaxValue) is > 0 and var number ? number : (long?)null;
        var limit = call.Number("limit", 100, 1, 500);
        var (records, next) = await Task.Run(() => AuditSearch.Find(rooms.Installation.State.Path, chain, query, before, limit), call.Gone);
        await call.AnswerAsync(new(chain, [.. records.Select(record => Parsed(record.Json))], next), GatewayJson.Default.AuditRecords);
    }

    static JsonElement Parsed(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
