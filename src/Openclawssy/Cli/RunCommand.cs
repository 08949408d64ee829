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

    public override IReadOnlyList<Option> Options => [message, file, agent, session, thinking, json];
    public override IReadOnlyList<string> Examples => ["run --message \"summarize changes\"", "run --message '/tool time.now {}'", "run --message-file ./prompt.txt"];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => await RunOnce.RunAsync(
        context, "cli.run", context.Parse.GetValue(agent)!,
        await MessageInput.ReadAsync(context, context.Parse.GetValue(message), null, context.Parse.GetValue(file), cancellationToken),
        mayBeOperator: true, header: true, context.Parse.GetValue(session), context.Parse.GetValue(json), context.Parse.GetValue(thinking), cancellationToken);
}
