using System.CommandLine;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;

namespace Openclawssy.Cli;

/// <summary><c>config set KEY VALUE…</c>: all changes or none; the result is validated first, comments and order stay.</summary>
sealed class ConfigSetCommand() : CliCommand("set", "change keys of the configuration file; all or none, comments and order are kept")
{
    readonly Argument<string[]> words = Words();
    readonly Option<bool> dryRun = new("--dry-run") { Description = "only check, and write nothing" };

    public override IReadOnlyList<Argument> Arguments => [words];
    public override IReadOnlyList<Option> Options => [dryRun];
    public override string Details => "text needs no quotes and a list may be written with commas; anything else is JSON. What the file said before is kept in config.last-good.json.";
    public override IReadOnlyList<string> Examples => ["config set output.thinking_mode on_error engine.max_concurrent_runs 32", "config set network.allowed_domains example.com,api.example.org"];

    static Argument<string[]> Words()
    {
        var argument = new Argument<string[]>("key value") { Description = "keys, each followed by its value", Arity = new(2, 100) };
        ConfigKeyWords.Complete(argument.CompletionSources);
        return argument;
    }

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var changes = Changes(context.Parse.GetValue(words)!);
        var dry = context.Parse.GetValue(dryRun);
        using var desk = new OperatorDesk(context);
        var step = OperatorDesk.Ask(() => Change(desk, changes, dry));
        foreach (var (path, _) in changes)
        {
            var (before, after) = (ConfigView.Value(step.Before, path) ?? "null", ConfigView.Value(step.After, path) ?? "null");
            context.Out.WriteLine(TerminalText.Line(before == after ? $"{path}: {after} as before" : $"{path}: {before} -> {after}{(dry ? " (not written)" : "")}"));
        }
        return Task.FromResult(ExitCodes.Ok);
    }

    static List<ConfigChange> Changes(string[] words)
    {
        if (words.Length % 2 != 0) throw CliException.Usage("a key has no value", "openclawssy config set KEY VALUE [KEY VALUE…]");
        var changes = new List<ConfigChange>();
        foreach (var pair in words.Chunk(2))
        {
            var path = ConfigKeyWords.Path(pair[0]);
            var keys = ConfigSchema.Within(path).ToList();
            if (keys.Count == 0) throw ConfigKeyWords.Unknown(path);
            // The word stands in the shell's history already; at least it goes nowhere else.
            if (keys.Any(key => key.Secret)) throw CliException.Usage($"{path} is a secret or holds one, and does not belong on a command line", "`openclawssy secrets set` takes it from a prompt or from standard input");
            changes.Add(new(path, ConfigSchema.Find(path) is { } key ? ConfigSchema.ToJson(key, pair[1]) : pair[1]));
        }
        return changes;
    }

    static ConfigStep Change(OperatorDesk desk, List<ConfigChange> changes, bool dryRun)
    {
        ConfigStep? made = null;
        try
        {
            desk.Store.Change(changes, dryRun, step => (made = step).RecordIn(desk.Record, desk.Person.Actor, changes));
            return made!;
        }
        catch (ConfigRefusedException refused)
        {
            throw CliException.Usage($"nothing was changed: {string.Join("; ", refused.Problems.Select(problem => problem.Message))}", "`openclawssy config explain KEY` says what is allowed");
        }
        catch (FormatException problem) { throw CliException.Usage($"nothing was changed: {problem.Message}", "`openclawssy config explain KEY` says what is allowed"); }
    }
}
