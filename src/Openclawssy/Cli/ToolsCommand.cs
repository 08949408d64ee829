using System.CommandLine;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Tools;

namespace Openclawssy.Cli;

/// <summary><c>tools</c>: what exists, before any question of who may use it.</summary>
sealed class ToolsCommand() : CommandGroup("tools", "the tools an agent can be given")
{
    readonly CliCommand list = new ToolsListCommand();
    readonly CliCommand show = new ToolsShowCommand();

    public override IReadOnlyList<CliCommand> Subcommands => [list, show];
    public override CliCommand Default => list;
}

/// <summary><c>tools list [--json]</c>.</summary>
sealed class ToolsListCommand() : CliCommand("list", "list every tool, its effect and what it does")
{
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Option> Options => [json];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var tools = Toolbox.All.OrderBy(tool => tool.Name, StringComparer.Ordinal).ToList();
        if (!context.Parse.GetValue(json))
        {
            if (tools.Count == 0) context.Error.WriteLine("there are no tools in this build");
            Table.Write(context.Out, [.. tools.Select(tool => (string[])[tool.Name, ToolPage.EffectOf(tool), ToolPage.SummaryOf(tool)])]);
            return Task.FromResult(ExitCodes.Ok);
        }
        JsonText.Print(context.Out, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tools");
            foreach (var tool in tools)
            {
                writer.WriteStartObject();
                writer.WriteString("name", tool.Name);
                writer.WriteString("effect", ToolPage.EffectOf(tool));
                writer.WriteString("summary", ToolPage.SummaryOf(tool));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return Task.FromResult(ExitCodes.Ok);
    }
}

/// <summary><c>tools show NAME [--json]</c>.</summary>
sealed class ToolsShowCommand() : CliCommand("show", "show one tool: what it does and what it takes")
{
    readonly Argument<string> name = NameArgument();
    readonly Option<bool> json = CommonOptions.Json();

    public override IReadOnlyList<Argument> Arguments => [name];
    public override IReadOnlyList<Option> Options => [json];
    public override IReadOnlyList<string> Examples => ["tools show fs.edit"];

    static Argument<string> NameArgument()
    {
        var argument = new Argument<string>("name") { Description = "a tool's name or one of its aliases" };
        argument.CompletionSources.Add(_ => Toolbox.All.Select(tool => new System.CommandLine.Completions.CompletionItem(tool.Name)));
        return argument;
    }

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var asked = context.Parse.GetValue(name)!;
        var tool = Toolbox.All.FirstOrDefault(tool => tool.Name == asked || tool.Aliases.Contains(asked))
            ?? throw Args.Unknown("tool", asked, NearestName.Find(asked, Toolbox.All.SelectMany(tool => tool.Aliases.Prepend(tool.Name))), "openclawssy tools");
        if (context.Parse.GetValue(json)) JsonText.Print(context.Out, writer => ToolPage.Write(tool, writer));
        else ToolPage.Print(tool, context.Out);
        return Task.FromResult(ExitCodes.Ok);
    }
}

/// <summary>How one tool is shown to a person.</summary>
static class ToolPage
{
    public static string EffectOf(Tool tool) => Effects.Of(tool.Reach) switch
    {
        Effect.PureRead => "pure_read",
        Effect.WorkspaceWrite => "workspace_write",
        Effect.Egress => "egress",
        Effect.Execution => "execution",
        _ => "control_plane",
    };

    /// <summary>The first sentence of the description, on one line.</summary>
    public static string SummaryOf(Tool tool)
    {
        var text = tool.Description.ReplaceLineEndings(" ");
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 1)];
    }

    public static void Print(Tool tool, TextWriter output)
    {
        var facts = new List<string[]>
        {
            (string[])["name:", tool.Name],
            (string[])["effect:", EffectOf(tool)],
            (string[])["reach:", tool.Reach.ToString()],
        };
        if (tool.Aliases.Count > 0) facts.Add(["aliases:", string.Join(", ", tool.Aliases)]);
        if (tool.SensitiveFields.Count > 0) facts.Add(["never recorded:", string.Join(", ", tool.SensitiveFields.Order(StringComparer.Ordinal))]);
        Table.Write(output, facts);
        output.WriteLine();
        output.WriteLine(TerminalText.Block(tool.Description));
        output.WriteLine();
        output.WriteLine("input:");
        output.WriteLine(JsonText.Of(tool.InputSchema.WriteTo));
    }

    public static void Write(Tool tool, System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tool.Name);
        writer.WriteString("effect", EffectOf(tool));
        writer.WriteString("description", tool.Description);
        WriteStrings(writer, "aliases", tool.Aliases);
        WriteStrings(writer, "sensitive_fields", tool.SensitiveFields.Order(StringComparer.Ordinal));
        writer.WritePropertyName("input_schema");
        tool.InputSchema.WriteTo(writer);
        writer.WriteEndObject();
    }

    static void WriteStrings(System.Text.Json.Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
