using System.CommandLine;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Cli;

/// <summary><c>config show|get|set|explain|validate|schema</c>.</summary>
sealed class ConfigCommand() : CommandGroup("config", "show, check, change and explain the configuration")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } =
    [
        new ConfigShowCommand(), new ConfigGetCommand(), new ConfigSetCommand(), new ConfigExplainCommand(), new ConfigValidateCommand(), new ConfigSchemaCommand(),
    ];
}

/// <summary><c>config show</c>: what is in force, secrets masked.</summary>
sealed class ConfigShowCommand() : CliCommand("show", "print the configuration in force, secrets masked")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        context.Out.Write(ConfigView.Redacted(Opening.Config(context).Require()));
        return Task.FromResult(ExitCodes.Ok);
    }
}

/// <summary><c>config validate</c>: every mistake at once, each with its place.</summary>
sealed class ConfigValidateCommand() : CliCommand("validate", "check the configuration file and list every mistake")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var load = Opening.Config(context);
        if (context.Parse.GetValue(json)) PrintJson(load, context);
        else Print(load, context);
        return Task.FromResult(load.Config is null ? ExitCodes.Usage : ExitCodes.Ok);
    }

    static void Print(ConfigLoad load, CommandContext context)
    {
        foreach (var warning in load.Warnings) context.Error.WriteLine($"warning: {TerminalText.Line(warning.ToString())}");
        foreach (var problem in load.Problems) context.Error.WriteLine($"error: {TerminalText.Line(problem.ToString())}");
        if (load.Config is not null) context.Out.WriteLine(load.Exists ? "config: ok" : "config: there is no file; the defaults are in force");
        else context.Error.WriteLine("next:  correct these and run `openclawssy config validate` again; `openclawssy config schema` describes every key");
    }

    static void PrintJson(ConfigLoad load, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteBoolean("ok", load.Config is not null);
        Write(into, "problems", load.Problems);
        Write(into, "warnings", load.Warnings);
        into.WriteEndObject();
    });

    static void Write(System.Text.Json.Utf8JsonWriter into, string name, IReadOnlyList<ConfigProblem> problems)
    {
        into.WriteStartArray(name);
        foreach (var problem in problems)
        {
            into.WriteStartObject();
            into.WriteNumber("line", problem.Line);
            into.WriteString("path", problem.Path);
            into.WriteString("message", problem.Message);
            into.WriteEndObject();
        }
        into.WriteEndArray();
    }
}

/// <summary><c>config schema</c>: the JSON Schema an editor can use.</summary>
sealed class ConfigSchemaCommand() : CliCommand("schema", "print the JSON Schema of the configuration file")
{
    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => Task.FromResult(Print(context));

    static int Print(CommandContext context)
    {
        context.Out.Write(ConfigSchema.ToJsonSchema());
        return ExitCodes.Ok;
    }
}
