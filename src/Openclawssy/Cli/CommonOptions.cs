using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary>Options several commands share, so that they mean the same everywhere.</summary>
static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "print one JSON object" };

    public static Option<string> Agent() => new("--agent") { Description = "which agent (default: default)", HelpName = "id", DefaultValueFactory = _ => "default" };

    public static Option<string?> Session() => new("--session")
    {
        Description = "go on with this conversation; new begins one",
        HelpName = "id|new",
    };

    /// <summary>Null means the configuration decides; the value is in lower case.</summary>
    public static Option<string?> Thinking()
    {
        var option = new Option<string?>("--thinking")
        {
            Description = "when to show the model's thinking: never, on_error or always (default: the configuration)",
            HelpName = "mode",
            CustomParser = result => result.Tokens is [var token] ? token.Value.ToLowerInvariant() : null,
        };
        option.CompletionSources.Add("never", "on_error", "always");
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not ("never" or "on_error" or "always"))
                result.AddError("option --thinking must be one of: never, on_error, always");
        });
        return option;
    }
}
