using System.Text.Json;
using Openclawssy.Runtime.Feed;

namespace Openclawssy.Cli;

/// <summary>Tells a person what happens in a run: the model's text on standard output, everything else on standard error.</summary>
sealed class FollowView(CommandContext context)
{
    bool midLine, hasShownText;

    public void Show(FeedEvent shown)
    {
        using var json = JsonDocument.Parse(shown.Json);
        var data = json.RootElement;
        switch (shown.Type)
        {
            case FeedTypes.Status:
                context.Dim($"  {Text(data, "status")} {Text(data, "model")}".TrimEnd());
                break;
            case FeedTypes.ModelText:
                var isPartial = data.GetProperty("partial").GetBoolean();
                Foreign(Text(data, isPartial ? "text" : "rest"));
                if (!isPartial) EndLine();
                Thought(data);
                break;
            case FeedTypes.ModelFailed:
                Foreign(Text(data, "rest"));
                EndLine();
                context.Dim($"  model: {Text(data, "error")}");
                hasShownText = false;
                break;
            case FeedTypes.ToolStart:
                hasShownText = false;
                context.Dim($"  {Text(data, "tool")} ...");
                break;
            case FeedTypes.ToolEnd:
                context.Dim($"  {Text(data, "tool")}: {Text(data, "summary")}");
                break;
            case FeedTypes.Completed or FeedTypes.Failed:
                End(shown, data);
                break;
        }
    }

    /// <summary>The run's own exit code; a run that has not ended was not followed to an end.</summary>
    public static int ExitCode(FeedEvent? last, CommandContext context)
    {
        if (last is not { IsTerminal: true }) return ExitCodes.Failed;
        using var json = JsonDocument.Parse(last.Json);
        return RunReport.ExitCode(Text(json.RootElement, "status"), context);
    }

    void End(FeedEvent shown, JsonElement data)
    {
        Foreign(Text(data, "rest"));
        EndLine();
        if (!hasShownText && Text(data, "output") is { Length: > 0 } output) context.PrintForeign(output);
        Thought(data);
        if (shown.Type == FeedTypes.Completed) return;
        context.Error.WriteLine($"error: {TerminalText.Line(Text(data, "error") is { Length: > 0 } error ? error : Text(data, "status"))}");
        context.Error.WriteLine($"next:  the whole story is in {TerminalText.Line(Text(data, "artifact_path"))}");
    }

    void Thought(JsonElement data)
    {
        if (Text(data, "thinking") is { Length: > 0 } thinking) context.PrintForeign($"\nThinking:\n{thinking}");
    }

    void Foreign(string text)
    {
        if (text.Length == 0) return;
        context.Out.Write(context.Surroundings.OutputIsTerminal ? TerminalText.Block(text) : text);
        (midLine, hasShownText) = (!text.EndsWith('\n'), true);
    }

    void EndLine()
    {
        if (midLine) context.Out.WriteLine();
        midLine = false;
    }

    static string Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
