using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>version [--json]</c>. <c>version</c> alone never gets here: Program answers it before anything is loaded.</summary>
sealed class VersionCommand() : CliCommand("version", "print the version")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (!context.Parse.GetValue(json)) context.Out.WriteLine(VersionText.Line);
        else JsonText.Print(context.Out, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", "openclawssy");
            writer.WriteString("version", VersionText.Number);
            if (VersionText.Commit is { } commit) writer.WriteString("commit", commit);
            writer.WriteString("build", VersionText.Build);
            writer.WriteString("platform", VersionText.Platform);
            writer.WriteString("framework", VersionText.Framework);
            writer.WriteEndObject();
        });
        return Task.FromResult(ExitCodes.Ok);
    }
}
