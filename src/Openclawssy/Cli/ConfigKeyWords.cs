using System.CommandLine;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Cli;

/// <summary>How a person names a key on the command line.</summary>
static class ConfigKeyWords
{
    public static Argument<string> Argument()
    {
        var argument = new Argument<string>("key") { Description = "for example output.thinking_mode" };
        Complete(argument.CompletionSources);
        return argument;
    }

    public static void Complete(List<Func<System.CommandLine.Completions.CompletionContext, IEnumerable<System.CommandLine.Completions.CompletionItem>>> sources) =>
        sources.Add(_ => ConfigSchema.Keys.Where(key => !key.Path.Contains('<')).Select(key => new System.CommandLine.Completions.CompletionItem(key.Path)));

    public static ConfigPath Path(string text)
    {
        try { return ConfigPath.Parse(text); }
        catch (FormatException problem) { throw CliException.Usage(problem.Message, "`openclawssy config show` prints every key that has a value"); }
    }

    public static ConfigKey Key(ConfigPath path) => ConfigSchema.Find(path) ?? throw Unknown(path);

    public static CliException Unknown(ConfigPath path) =>
        Args.Unknown("configuration key", path.ToString(), NearestName.Find(path.ToString(), ConfigSchema.Keys.Select(key => key.Path)), "openclawssy config schema");
}
