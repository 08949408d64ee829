using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>doctor [-v]</c>: every check, and what to do about each finding.</summary>
sealed class DoctorCommand() : CliCommand("doctor", "look at this installation and say what is wrong")
{
    readonly Option<bool> verbose = new("--verbose", "-v") { Description = "show what is fine, too" };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [verbose, json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var findings = DoctorChecks.Run(context).ToList();
        var worst = findings.Max(finding => finding.Health);
        if (context.Parse.GetValue(json)) PrintJson(findings, worst, context);
        else Print(findings, worst, context);
        return Task.FromResult(worst == Health.Failed ? ExitCodes.Failed : ExitCodes.Ok);
    }

    void Print(List<Finding> findings, Health worst, CommandContext context)
    {
        foreach (var finding in findings)
        {
            if (finding.Health == Health.Ok && !context.Parse.GetValue(verbose)) continue;
            context.Out.WriteLine(TerminalText.Line($"{Word(finding.Health),-7} {finding.Check}: {finding.What}"));
            if (finding.NextStep is { } next) context.Out.WriteLine(TerminalText.Line($"        next: {next}"));
        }
        context.Out.WriteLine(worst == Health.Failed ? "doctor: failed" : worst == Health.Warning ? "doctor: ok, with warnings" : "doctor: ok");
    }

    static void PrintJson(List<Finding> findings, Health worst, CommandContext context) => JsonText.Print(context.Out, into =>
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

    static string Word(Health health) => health switch { Health.Ok => "ok", Health.Warning => "warning", _ => "failed" };
}
