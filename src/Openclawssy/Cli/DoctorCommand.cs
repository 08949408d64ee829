using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>doctor [-v] [--online]</c>: every check, and what to do about each finding.</summary>
sealed class DoctorCommand() : CliCommand("doctor", "look at this installation and say what is wrong")
{
    readonly Option<bool> verbose = new("--verbose", "-v") { Description = "show what is fine, too" };
    readonly Option<bool> online = new("--online") { Description = "also ask each configured model one short question (costs a few tokens)" };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [verbose, online, json];
    public override IReadOnlyList<string> Examples => ["doctor", "doctor -v --online", "doctor --json"];
    public override string Details => "Each check has a verdict (ok, warning, failed), a reason and what to do next. Nothing is changed. Exit 1 when something is broken.";

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var findings = await DoctorChecks.RunAsync(context, context.Parse.GetValue(online), cancellationToken);
        var worst = findings.Max(finding => finding.Health);
        if (context.Parse.GetValue(json)) PrintJson(findings, worst, context);
        else Print(findings, worst, context);
        return worst == Health.Failed ? ExitCodes.Failed : ExitCodes.Ok;
    }

    void Print(IReadOnlyList<Finding> findings, Health worst, CommandContext context)
    {
        foreach (var finding in findings)
        {
            if (finding.Health == Health.Ok && !context.Parse.GetValue(verbose)) continue;
            context.Out.WriteLine(TerminalText.Line($"{Word(finding.Health),-7} {finding.Check}: {finding.What}"));
            if (finding.NextStep is { } next) context.Out.WriteLine(TerminalText.Line($"        next: {next}"));
        }
        context.Out.WriteLine(worst == Health.Failed ? "doctor: failed" : worst == Health.Warning ? "doctor: ok, with warnings" : "doctor: ok");
    }

    static void PrintJson(IReadOnlyList<Finding> findings, Health worst, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteString("health", Word(worst));
        into.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            into.WriteStartObject();
            into.WriteString("check", finding.Check);
            into.WriteString("health", Word(finding.Health));
            into.WriteString("what", finding.What);
            if (finding.NextStep is { } next) into.WriteString("next", next);
            into.WriteEndObject();
        }
        into.WriteEndArray();
        into.WriteEndObject();
    });

    internal static string Word(Health health) => health switch { Health.Ok => "ok", Health.Warning => "warning", _ => "failed" };
}
