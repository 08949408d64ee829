using System.CommandLine;

namespace Openclawssy.Cli;

/// <summary><c>ask TEXT</c>, <c>ask -</c>, <c>ask --message TEXT</c>: one run, its answer on standard output.</summary>
sealed class AskCommand() : CliCommand("ask", "ask an agent once and print the answer")
{
    readonly Argument<string?> text = new("text") { Arity = ArgumentArity.ZeroOrOne, Description = "the message; - reads standard input" };
    readonly Option<string?> message = new("--message") { Description = "the message", HelpName = "text" };
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<string?> session = CommonOptions.Session();
    readonly Option<string?> thinking = CommonOptions.Thinking();
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [text];
    public override IReadOnlyList<Option> Options => [message, agent, session, thinking, json];
    public override IReadOnlyList<string> Examples => ["ask \"what is in this folder?\"", "ask -agent default -message hello", "ask - < question.txt"];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken) => await RunOnce.RunAsync(
        context, "cli.ask", context.Parse.GetValue(agent)!,
        await MessageInput.ReadAsync(context, context.Parse.GetValue(message), context.Parse.GetValue(text), null, cancellationToken),
        mayBeOperator: false, header: false, context.Parse.GetValue(session), context.Parse.GetValue(json), context.Parse.GetValue(thinking), cancellationToken);
}
