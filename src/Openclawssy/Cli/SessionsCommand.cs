using System.CommandLine;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary><c>sessions list|close</c>.</summary>
sealed class SessionsCommand() : CommandGroup("sessions", "list conversations, close one")
{
    public override IReadOnlyList<CliCommand> Subcommands { get; } = [new SessionsListCommand(), new SessionsCloseCommand()];
}

/// <summary><c>sessions list</c>: an agent's conversations, the last used first.</summary>
sealed class SessionsListCommand() : CliCommand("list", "list an agent's conversations, the last used first")
{
    readonly Option<string> agent = CommonOptions.Agent();
    readonly Option<bool> all = new("--all") { Description = "show closed ones too" };
    readonly Option<int> limit = CommonOptions.Limit(20);
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [agent, all, limit, json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var sessions = RecordsDesk.Sessions(context).List(Opening.Agent(context.Parse.GetValue(agent)!), new(null, null, null, context.Parse.GetValue(all)), context.Parse.GetValue(limit));
        if (context.Parse.GetValue(json)) PrintJson(sessions, context);
        else Table.Write(context.Out, [.. sessions.Select(session => (IReadOnlyList<string>)[
            session.Id.ToString(), session.ClosedAt is null ? "open" : "closed", RunText.Time(session.UpdatedAt), $"{session.Channel} {session.User} {session.Room}", session.Title ?? ""])]);
        return Task.FromResult(ExitCodes.Ok);
    }

    static void PrintJson(IReadOnlyList<SessionSummary> sessions, CommandContext context) => JsonText.Print(context.Out, into =>
    {
        into.WriteStartObject();
        into.WriteNumber("count", sessions.Count);
        into.WriteStartArray("sessions");
        foreach (var session in sessions)
        {
            into.WriteStartObject();
            into.WriteString("session_id", session.Id.ToString());
            into.WriteString("agent_id", session.Agent.ToString());
            into.WriteString("channel", session.Channel);
            into.WriteString("user_id", session.User);
            into.WriteString("room_id", session.Room);
            if (session.Title is not null) into.WriteString("title", session.Title);
            into.WriteString("created_at", RunText.Time(session.CreatedAt));
            into.WriteString("updated_at", RunText.Time(session.UpdatedAt));
            if (session.ClosedAt is { } closed) into.WriteString("closed_at", RunText.Time(closed));
            into.WriteEndObject();
        }
        into.WriteEndArray();
        into.WriteEndObject();
    });
}

/// <summary><c>sessions close SESSION</c>: for good.</summary>
sealed class SessionsCloseCommand() : CliCommand("close", "close a conversation for good; its messages stay")
{
    readonly Argument<string> session = new("session") { Description = "the conversation's id" };

    public override IReadOnlyList<Argument> Arguments => [session];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var id = Opening.Session(context.Parse.GetValue(session)!);
        var answer = RecordsDesk.Close(context, id) ?? throw new CliException($"there is no conversation {id} here", "`openclawssy sessions list` shows them");
        context.Out.WriteLine(answer.Already ? $"{id} was closed before, at {RunText.Time(answer.ClosedAt)}" : $"closed {id}");
        return Task.FromResult(ExitCodes.Ok);
    }
}
