using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Setup;

namespace Openclawssy.Cli;

/// <summary><c>setup</c>: a few questions, then everything <c>init</c> makes, with a model, a key and rights in it.</summary>
sealed class SetupCommand() : CliCommand("setup", "answer a few questions and have a working installation")
{
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<string?> workspace = new("--workspace") { Description = "the folder agents work in (default: workspace below the installation)", HelpName = "dir" };
    readonly Option<bool> force = new("--force") { Description = "write the configuration and the agent's documents anew" };
    readonly Option<bool> yes = new("--yes", "-y") { Description = "ask nothing: what no option says is as offered" };
    readonly Option<string?> provider = new("--provider") { Description = "who answers: openai, openrouter, requesty, zai or generic", HelpName = "name" };
    readonly Option<string?> baseUrl = new("--base-url") { Description = "address of an OpenAI-compatible server", HelpName = "url" };
    readonly Option<string?> model = new("--model") { Description = "name of the model", HelpName = "name" };
    readonly Option<bool> keyFromInput = new("--api-key-stdin") { Description = "read the provider's key from standard input and store it; asks nothing else" };
    readonly Option<string?> keyFromVariable = new("--api-key-env") { Description = "store the provider's key that is in this environment variable", HelpName = "variable" };
    readonly Option<bool> noKey = new("--no-key") { Description = "the server asks for no key, and gets none" };
    readonly Option<bool> check = new("--check") { Description = "try the model with one real, short call before anything is written" };
    readonly Option<string?> rights = new("--rights") { Description = "what the agent may do: starter, web, commands or everything", HelpName = "preset" };
    readonly Option<string?> hosts = new("--hosts") { Description = "hosts tools may reach, with commas between; none switches the network off", HelpName = "list" };
    readonly Option<string?> commands = new("--commands") { Description = "commands that may run in the sandbox, with commas between; none switches them off", HelpName = "list" };

    readonly Option<string[]> chatUsers = new("--allow-chat-user") { Description = "a user who may chat with the agent over HTTP; may be given more than once", HelpName = "name" };
    readonly Option<bool> https = new("--https") { Description = "serve HTTPS, with a certificate made for this machine" };

    readonly Option<string?> discordToken = new("--discord-token-env") { Description = "switch the Discord bridge on and store the bot's token that is in this environment variable", HelpName = "variable" };
    readonly Option<string[]> discordUsers = new("--allow-discord-user") { Description = "a Discord user, by id, who may write to the bot; may be given more than once", HelpName = "id" };

    public override IReadOnlyList<Option> Options =>
        [agent, workspace, force, yes, provider, baseUrl, model, keyFromInput, keyFromVariable, noKey, check, rights, hosts, commands, chatUsers, https, discordToken, discordUsers];

    public override IReadOnlyList<string> Examples =>
    [
        "setup", "setup --provider openrouter --api-key-stdin --check < key.txt", "setup --yes --base-url http://127.0.0.1:11434/v1 --model llama3.1 --rights commands --commands \"ls, git status\"",
    ];

    public override string Details => "Nothing is written until the last answer; a setup that ends early leaves nothing. A key is typed unseen, read from standard input or taken from a variable, never an argument.";

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Agent(context.Parse.GetValue(agent)!);
        var given = Given(context);
        try
        {
            using var run = new SetupRun(context, id, context.Parse.GetValue(workspace), context.Parse.GetValue(force), given);
            var unasked = context.Parse.GetValue(yes) || context.Parse.GetValue(keyFromInput);
            foreach (var line in await run.RunAsync(unasked, cancellationToken)) context.Out.WriteLine($"  {line}");
            context.Out.WriteLine("next:  `openclawssy doctor -v` looks at everything, `openclawssy ask hello` asks");
            return ExitCodes.Ok;
        }
        catch (StateFolderException problem) { throw new CliException(problem.Message, problem.NextStep); }
        catch (WorkspaceException problem) { throw CliException.Usage(problem.Message, "the workspace and the instance must be two separate folders"); }
        catch (ConfigRefusedException refused)
        {
            foreach (var problem in refused.Problems) context.Error.WriteLine($"error: {TerminalText.Line(problem.ToString())}");
            throw CliException.Usage("the configuration is refused, so nothing was written", "correct it, or begin a new one with --force");
        }
        finally
        {
            if (given.Key is not null) CryptographicOperations.ZeroMemory(given.Key);
            if (given.DiscordToken is not null) CryptographicOperations.ZeroMemory(given.DiscordToken);
        }
    }

    SetupGiven Given(CommandContext context)
    {
        var parse = context.Parse;
        return new(parse.GetValue(provider), parse.GetValue(baseUrl), parse.GetValue(model), Key(context), parse.GetValue(check), Rights(parse.GetValue(rights)),
            Listed(parse.GetValue(hosts), RightsQuestions.HostComplaint), Listed(parse.GetValue(commands), RightsQuestions.CommandComplaint),
            parse.GetValue(noKey), Users(parse.GetValue(chatUsers)), parse.GetValue(https), DiscordToken(context), DiscordUsers(parse.GetValue(discordUsers)));
    }

    static IReadOnlyList<string>? Users(string[]? names) => names is null or [] ? null
        : names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name) || name.Contains(',') || GatewayQuestions.UserComplaint(name) is not null) is not null
            ? throw CliException.Usage("a user's name is empty, too long or holds a comma; nothing was written", "give --allow-chat-user once for each name")
            : [.. names.Select(name => name.Trim())];

    static IReadOnlyList<string>? DiscordUsers(string[]? ids) => ids is null or [] ? null
        : GatewayQuestions.DiscordUserComplaint(string.Join(",", ids)) is { } wrong ? throw CliException.Usage($"{wrong}; nothing was written", "give --allow-discord-user once for each id")
        : [.. ids.Select(id => id.Trim())];

    byte[]? DiscordToken(CommandContext context)
    {
        if (context.Parse.GetValue(discordToken) is not { } variable) return null;
        var token = context.Surroundings.Variable(variable)?.Trim() is { Length: > 0 } value ? Encoding.UTF8.GetBytes(value)
            : throw CliException.Usage($"the environment variable {variable} holds no token; nothing was written", "set it, or answer the wizard's question");
        return ModelQuestions.Complaint(token) is { } wrong ? throw CliException.Usage($"the token: {wrong}; nothing was written", "give the token alone") : token;
    }

    byte[]? Key(CommandContext context)
    {
        var variable = context.Parse.GetValue(keyFromVariable);
        if (context.Parse.GetValue(noKey) && (context.Parse.GetValue(keyFromInput) || variable is not null)) throw CliException.Usage("a key is given, and --no-key says that there is none", "give one of them");
        if (context.Parse.GetValue(keyFromInput) && variable is not null) throw CliException.Usage("the key is given twice", "give --api-key-stdin or --api-key-env, not both");
        var key = context.Parse.GetValue(keyFromInput) ? SecretInput.Read(context, "API key: ")
            : variable is null ? null
            : context.Surroundings.Variable(variable)?.Trim() is { Length: > 0 } value ? Encoding.UTF8.GetBytes(value)
            : throw CliException.Usage($"the environment variable {variable} holds no key; nothing was written", "set it, or use --api-key-stdin");
        return key is not null && ModelQuestions.Complaint(key) is { } wrong ? throw CliException.Usage($"the key: {wrong}; nothing was written", "give the key alone") : key;
    }

    static RightsPreset? Rights(string? name) => name is null ? null : RightsPreset.All.FirstOrDefault(preset => preset.Name == name)
        ?? throw CliException.Usage($"there is no preset \"{name}\"; nothing was written", $"choose one of {string.Join(", ", RightsPreset.All.Select(preset => preset.Name))}");

    static IReadOnlyList<string>? Listed(string? text, Func<string, string?> complaint) =>
        text is null ? null : complaint(text) is { } wrong ? throw CliException.Usage($"{wrong}; nothing was written", null) : RightsQuestions.List(text);
}
