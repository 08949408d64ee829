using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/status</c>, <c>/doctor</c> and <c>/usage</c>: what goes on, whether all is well, and what it cost.</summary>
sealed class StatusRoutes(GatewayRooms rooms)
{
    const int NewestRuns = 20, MeasuredRuns = 1000;

    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/status", "Says what is on, how full the queue is, and which runs are newest.", StatusAsync) { Gives = GatewayJson.Default.StatusReply },
        new("GET", "/api/admin/doctor", "Looks at the installation as `openclawssy doctor` does.", DoctorAsync) { Gives = GatewayJson.Default.DoctorReply },
        new("GET", "/api/admin/usage", "Sums up runs, tokens and cost over time, and what tools did in the last 1,000 runs.", UsageAsync)
        {
            Gives = GatewayJson.Default.UsageReply, Refusals = [503],
            Query = [new("hours", "How far back: 1 to 2160; 24 when left out.", "integer"), new("agent_id", "Only this agent's runs.")],
        },
    ];

    async Task StatusAsync(GatewayCall call)
    {
        var installation = rooms.Installation;
        var now = rooms.ConfigNow.Read();
        var config = now ?? installation.Config;
        var page = await RecordsOf.Index(() => rooms.Index.ListAsync(new(), NewestRuns, 0, call.Gone));
        var load = rooms.Queue.Load;
        IReadOnlyList<string> warnings = now is null ? ["the configuration file has mistakes; what ran before runs on, and nobody may chat"] : [];
        var sandbox = installation.Sandbox.Status;
        await call.AnswerAsync(new(
            Cli.VersionText.Number, rooms.StartedAt, new(config.Model.Provider, config.Model.Name), config.Discord.Enabled, config.Chat.Enabled, config.Chat.AllowUsers.Count, config.Network.Enabled,
            sandbox.Refusal is null, sandbox.Refusal is null ? sandbox.Tier : null, config.Server.TlsEnabled, !installation.IsAuditLost, DiscordOf(rooms.Discord.Current),
            new(load.Running, load.Waiting, config.Engine.MaxConcurrentRuns, config.Engine.MaxQueuedRuns), page.Total, [.. page.Runs.Select(RunRecord.Of)], warnings), GatewayJson.Default.StatusReply);
    }

    static DiscordReply DiscordOf(Discord.DiscordStatus status) => new(status.Word, status.Since, status.Bot, status.LastError, status.LastErrorAt);

    async Task DoctorAsync(GatewayCall call)
    {
        var findings = await rooms.Doctor(call.Gone);
        var worst = findings.Count == 0 ? "ok" : Cli.DoctorCommand.Word(findings.Max(finding => finding.Health));
        await call.AnswerAsync(new(worst, [.. findings.Select(one => new DoctorRow(one.Check, Cli.DoctorCommand.Word(one.Health), one.What, one.NextStep))]), GatewayJson.Default.DoctorReply);
    }

    async Task UsageAsync(GatewayCall call)
    {
        var hours = call.Number("hours", 24, 1, 2160);
        var agent = call.Text("agent_id") is { } text ? GatewayCall.Agent(text) : (Runtime.Text.AgentId?)null;
        var bucket = hours <= 48 ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var since = rooms.Clock.GetUtcNow() - TimeSpan.FromHours(hours);
        var usage = await RecordsOf.Index(() => rooms.Index.UsageAsync(agent, since, bucket, call.Gone));
        var figures = await RecordsOf.Index(() => rooms.Index.MeasureAsync(new(agent), MeasuredRuns, 0, call.Gone));
        await call.AnswerAsync(new(since, (int)bucket.TotalSeconds,
            [.. usage.Select(one => new UsageRow(one.Start, one.Runs, one.Failed, one.InputTokens, one.OutputTokens, one.CostUsd, one.Unpriced, one.DurationMs))],
            [.. figures.Tools.Select(tool => new ToolRow(tool.Tool, tool.Calls, tool.Errors, tool.AverageMs, tool.P95Ms))]), GatewayJson.Default.UsageReply);
    }
}
