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

    /// <summary>How long a list gets at most.</summary>
    public static Option<int> Limit(int usual)
    {
        var option = new Option<int>("--limit") { Description = $"show at most this many, up to 200 (default: {usual})", HelpName = "n", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 200) result.AddError("option --limit must be between 1 and 200");
        });
        return option;
    }

    public static Option<int> Offset()
    {
        var option = new Option<int>("--offset") { Description = "leave out this many first", HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("option --offset must not be below 0");
        });
        return option;
    }

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
