using System.CommandLine;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary><c>audit verify</c>.</summary>
sealed class AuditCommand() : CommandGroup("audit", "check the audit log")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } = [new AuditVerifyCommand()];
}

/// <summary><c>audit verify [--run ID]</c>: 0 intact, 10 torn last line, 11 altered, 12 truncated or missing. Changes nothing.</summary>
sealed class AuditVerifyCommand() : CliCommand("verify", "check every chain of the audit log")
{
    readonly Option<string?> run = new("--run") { Description = "also check this run's journal against the audit", HelpName = "id" };
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [run, json];
    public override string Details => "exit codes: 0 intact, 10 torn last line, 11 altered at a named record, 12 truncated or missing";

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        RunId? one = context.Parse.GetValue(run) is { } text ? Opening.Run(text) : null;
        var state = Opening.State(context);
        // Changes nothing and needs nothing but the files; a broken configuration must not hide a broken audit.
        // A passphrase is asked for where somebody can be asked; without one the verdict says that the MAC was not checked.
        using var secrets = new StoredSecrets(context.World, Opening.Config(context).Config ?? new(), state, context.Root);
        var verdict = AuditVerifier.Verify(state.Path, Anchors.ForChecking(state, context.Surroundings.Variable), one, secrets.HeadKeys);
        if (context.Parse.GetValue(json)) PrintJson(verdict, context);
        else Print(verdict, context);
        return Task.FromResult(verdict.ExitCode);
    }

    static void Print(AuditVerdict verdict, CommandContext context)
    {
        foreach (var finding in verdict.Findings)
            context.Out.WriteLine(TerminalText.Line($"{finding.File}{(finding.Line is { } line ? $":{line}" : "")}{(finding.Seq is { } seq ? $" (seq {seq})" : "")}: {finding.What}"));
        context.Out.WriteLine($"audit: {verdict.Summary} ({verdict.Records} records in {verdict.Segments} segments{(verdict.Anchored ? ", anchored" : "")})");
        context.Out.WriteLine(TerminalText.Line($"MAC of its head: {verdict.Mac}"));
    }

    static void PrintJson(AuditVerdict verdict, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteNumber("exit_code", verdict.ExitCode);
        into.WriteString("verdict", verdict.Summary);
        into.WriteBoolean("anchored", verdict.Anchored);
        into.WriteString("mac", verdict.Mac);
        into.WriteNumber("records", verdict.Records);
        into.WriteNumber("segments", verdict.Segments);
        into.WriteStartArray("findings");
        foreach (var finding in verdict.Findings)
        {
            into.WriteStartObject();
            into.WriteNumber("code", finding.Code);
            into.WriteString("file", finding.File);
            if (finding.Line is { } line) into.WriteNumber("line", line);
            if (finding.Seq is { } seq) into.WriteNumber("seq", seq);
            into.WriteString("what", finding.What);
            into.WriteEndObject();
        }
        into.WriteEndArray();
        into.WriteEndObject();
    });
}
