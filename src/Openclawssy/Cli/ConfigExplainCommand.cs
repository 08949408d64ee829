using System.CommandLine;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Cli;

/// <summary><c>config explain KEY</c>: everything there is to know about one key.</summary>
sealed class ConfigExplainCommand() : CliCommand("explain", "say what a key is for, its value and where that comes from, what is allowed and when a change counts")
{
    readonly Argument<string> key = ConfigKeyWords.Argument();
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [key];
    public override IReadOnlyList<Option> Options => [json];
    public override IReadOnlyList<string> Examples => ["config explain engine.max_concurrent_runs"];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var path = ConfigKeyWords.Path(context.Parse.GetValue(key)!);
        var row = ConfigKeyWords.Key(path);
        var store = ConfigStore.In(Opening.State(context));
        var value = ConfigView.Value(store.Load().Require(), path) ?? "null";
        var from = store.Says(path) ? ConfigStore.FileName : "default";
        if (context.Parse.GetValue(json)) PrintJson(row, path, value, from, context);
        else Table.Write(context.Out, (string[][])
        [
            ["key:", path.ToString()], ["value:", value], ["from:", from], ["default:", row.Default.Length == 0 ? "nothing" : row.Default], ["type:", row.Type],
            ["allowed:", row.Rule.Length == 0 ? "whatever the type allows" : row.Rule], ["counts:", ConfigTiming.Of(row)], ["changed by:", Who(row)], ["what:", row.Doc],
        ]);
        return Task.FromResult(ExitCodes.Ok);
    }

    static string Who(ConfigKey row) => row.Change switch
    {
        ChangeRight.Granted => "a person, and agents that were granted config.set",
        ChangeRight.Operator => "a person, here or with a typed config.set",
        _ => row.Secret ? "a person, in the file" : "a person, with `config set` or in the file",
    };

    static void PrintJson(ConfigKey row, ConfigPath path, string value, string from, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteString("key", path.ToString());
        into.WritePropertyName("value");
        into.WriteRawValue(value);
        into.WriteString("from", from);
        into.WritePropertyName("default");
        into.WriteRawValue(row.Default.Length == 0 ? "null" : row.Default);
        into.WriteString("type", row.Type);
        into.WriteString("allowed", row.Rule);
        into.WriteBoolean("active", row.Status == FeatureStatus.Active);
        into.WriteBoolean("needs_restart", ConfigTiming.NeedsRestart(row));
        into.WriteString("config_set", row.Change switch { ChangeRight.Granted => "granted agents", ChangeRight.Operator => "operator", _ => "no" });
        into.WriteString("what", row.Doc);
        into.WriteEndObject();
    });
}
