using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>run --message TEXT</c>, <c>run --message-file PATH</c>: one run; header on standard error, answer on standard output.</summary>
sealed class RunCommand() : CliCommand("run", "start a run, with its record on disk")
{
    readonly Option<string?> message = new("--message") { Description = "the message; /tool NAME {json} runs exactly that tool, as you", HelpName = "text" };
    readonly Option<string?> file = new("--message-file") { Description = "read the message from a file; - reads standard input", HelpName = "path" };
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<string?> session = CommonOptions.Session();
    readonly Option<string?> thinking = CommonOptions.Thinking();
    readonly Option<bool> json = CommonOptions.Json();
    readonly Option<bool> detach = new("--detach") { Description = "hand the run to the gateway that runs here and print its id; it has the agent's rights there" };

    public override IReadOnlyList<Option> Options => [message, file, agent, session, thinking, json, detach];
    public override IReadOnlyList<string> Examples => ["run --message \"summarize changes\"", "run --message '/tool time.now {}'", "run --message-file ./prompt.txt", "run --detach --message \"a long task\""];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var input = await MessageInput.ReadAsync(context, context.Parse.GetValue(message), null, context.Parse.GetValue(file), cancellationToken);
        var (name, conversation, mode, asJson) = (context.Parse.GetValue(agent)!, context.Parse.GetValue(session), context.Parse.GetValue(thinking), context.Parse.GetValue(json));
        return context.Parse.GetValue(detach)
            ? await Handover.RunAsync(context, name, input, conversation, mode, asJson, cancellationToken)
            : await RunOnce.RunAsync(context, "cli.run", name, input, mayBeOperator: true, header: true, conversation, asJson, mode, cancellationToken);
    }
}
