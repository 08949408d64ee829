using System.CommandLine;
using System.Text.Json;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary><c>cron add --schedule WHEN --message TEXT</c>.</summary>
sealed class CronAddCommand() : CliCommand("add", "add a job, or change one with --replace")
{
    readonly Option<string?> id = CronCommand.IdOption("the job's id (default: one is made)");
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<string?> schedule = new("--schedule") { Description = "when: @every 1h30m, one instant such as 2030-01-31T09:00:00Z, or a cron expression such as \"0 9 * * 1-5\"", HelpName = "when" };
    readonly Option<string?> message = new("--message") { Description = "what the agent is told, or /tool NAME {json}", HelpName = "text" };
    readonly Option<string?> zone = new("--tz") { Description = "time zone of a cron expression, for example Europe/Berlin (default: UTC)", HelpName = "zone" };
    readonly Option<string?> catchUp = new("--catch-up") { Description = "whether one run makes up for missed instants: true or false (default: the configuration)", HelpName = "bool" };
    readonly Option<bool> overlap = new("--overlap") { Description = "let it begin again while it is at work" };
    readonly Option<string?> when = new("--when") { Description = "run only when this reading tool's answer changed: {\"tool\":\"fs.list\",\"input\":{\"path\":\"inbox\"}}", HelpName = "json" };
    readonly Option<string> channel = Label("--channel", "where the answer goes", "dashboard");
    readonly Option<string> user = Label("--user", "to whom, as the channel names them", "dashboard_user");
    readonly Option<string> room = Label("--room", "where, as the channel names it", "dashboard");
    readonly Option<string?> session = new("--session") { Description = "the conversation it belongs to", HelpName = "id" };
    readonly Option<bool> enabled = new("--enabled") { Description = "--enabled=false adds it paused", DefaultValueFactory = _ => true };
    readonly Option<bool> replace = new("--replace") { Description = "change the job of that id, if there is one" };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [schedule, message, id, agent, zone, catchUp, overlap, when, channel, user, room, session, enabled, replace, json];
    public override string Details => "jobs are started while `openclawssy serve` runs; one that is running sees the new job within a second";
    public override IReadOnlyList<string> Examples =>
        ["cron add --agent default --schedule \"@every 1h\" --message \"status report\"", "cron add --id mornings --schedule \"0 9 * * 1-5\" --tz Europe/Berlin --message \"what is new?\""];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        if (parse.GetValue(schedule) is not { Length: > 0 } due || parse.GetValue(message) is not { Length: > 0 } text) throw CliException.Usage("--schedule and --message are required", "openclawssy cron add --help");
        var wanted = new NewJob(
            CronCommand.IdOf(parse.GetValue(id), null), due, text, Opening.Agent(parse.GetValue(agent)!), parse.GetValue(enabled), parse.GetValue(zone), CatchUp(parse.GetValue(catchUp)), parse.GetValue(overlap),
            When(parse.GetValue(when)), parse.GetValue(channel), parse.GetValue(user), parse.GetValue(room), Session(parse.GetValue(session)), parse.GetValue(replace));
        using var desk = new OperatorDesk(context);
        var job = OperatorDesk.Ask(() => CronCommand.DeskOf(desk, context).Add(wanted));
        if (parse.GetValue(json)) JsonText.Print(context.Out, into => CronListCommand.Write(into, job));
        else
        {
            context.Out.WriteLine($"added job {job.Id}");
            context.Dim($"note:  {job.Explained}");
        }
        return Task.FromResult(ExitCodes.Ok);
    }

    static Option<string> Label(string name, string description, string otherwise) => new(name) { Description = $"{description} (default: {otherwise})", HelpName = "name", DefaultValueFactory = _ => otherwise };

    static bool? CatchUp(string? text) => text switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw CliException.Usage($"--catch-up cannot be \"{text}\"", "write --catch-up true or --catch-up false"),
    };

    static SessionId? Session(string? text) => text is null ? null
        : SessionId.TryParse(text, out var known) ? known : throw CliException.Usage($"\"{text}\" is no session id", "`openclawssy sessions list` shows the conversations there are");

    static (string, string)? When(string? text)
    {
        if (text is null) return null;
        try
        {
            using var document = JsonDocument.Parse(text, new() { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.EnumerateObject().All(member => member.Name is "tool" or "input") && root.TryGetProperty("tool", out var tool) && tool.ValueKind == JsonValueKind.String)
                return (tool.GetString()!, root.TryGetProperty("input", out var input) ? input.GetRawText() : "{}");
        }
        catch (JsonException) { }
        throw CliException.Usage("--when must be a tool and its input", "write it as '{\"tool\":\"fs.list\",\"input\":{\"path\":\"inbox\"}}'");
    }
}
