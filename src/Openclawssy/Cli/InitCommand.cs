using System.CommandLine;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Workspaces;

namespace Openclawssy.Cli;

/// <summary><c>init</c>: the state folder, a workspace, a first agent and its starter grants.</summary>
sealed class InitCommand() : CliCommand("init", "create an installation in this folder")
{
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<string?> workspace = new("--workspace") { Description = "the folder agents work in (default: workspace below the installation)", HelpName = "dir" };
    readonly Option<bool> force = new("--force") { Description = "write the configuration and the agent's documents again" };

    public override IReadOnlyList<Option> Options => [agent, workspace, force];
    public override IReadOnlyList<string> Examples => ["init", "init -agent default", "init --root ~/.local/share/openclawssy --workspace ."];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Agent(context.Parse.GetValue(agent)!);
        try
        {
            var made = Initialization.Run(context.World, context.Root, context.Parse.GetValue(workspace), id, context.Parse.GetValue(force), context.Surroundings.CurrentFolder);
            context.Out.WriteLine($"initialized agent=\"{id}\" workspace=\"{made.Workspace}\" force={(context.Parse.GetValue(force) ? "true" : "false")}");
            foreach (var line in made.Lines) context.Out.WriteLine($"  {line}");
            context.Out.WriteLine("next:  set the provider's key, then `openclawssy doctor -v` and `openclawssy ask hello`");
            return Task.FromResult(ExitCodes.Ok);
        }
        catch (StateFolderException problem)
        {
            throw new CliException(problem.Message, problem.NextStep);
        }
        catch (WorkspaceException problem)
        {
            throw CliException.Usage(problem.Message, "the workspace and the instance must be two separate folders");
        }
    }
}
