using System.CommandLine;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Cli;

/// <summary><c>config get KEY</c>: one value in force, as JSON, secrets masked.</summary>
sealed class ConfigGetCommand() : CliCommand("get", "print one key or section of the configuration in force, as JSON, secrets masked")
{
    readonly Argument<string> key = ConfigKeyWords.Argument();

    public override IReadOnlyList<Argument> Arguments => [key];
    public override IReadOnlyList<string> Examples => ["config get output.thinking_mode"];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var path = ConfigKeyWords.Path(context.Parse.GetValue(key)!);
        if (!ConfigSchema.Within(path).Any()) throw ConfigKeyWords.Unknown(path);
        context.PrintForeign(ConfigView.Value(Opening.Config(context).Require(), path) ?? "null");
        return Task.FromResult(ExitCodes.Ok);
    }
}
