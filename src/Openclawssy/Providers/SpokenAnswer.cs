using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Openclawssy.Runtime.Models;

namespace Openclawssy.Providers;

/// <summary>An answer with spoken calls as the contents of one with native calls.</summary>
sealed class SpokenAnswer(IList<AITool> offered)
{
    /// <summary>Blanks held back for a call that may follow, in characters.</summary>
    const int MaxBlanks = 256;

    readonly SpokenReader reader = new();
    string blanks = "";
    int calls;

    public IEnumerable<AIContent> Read(string text) => reader.Push(text).SelectMany(ContentsOf);

    public IEnumerable<AIContent> Rest() => [.. reader.Finish().SelectMany(ContentsOf), .. calls == 0 ? Text(blanks) : []];

    IEnumerable<AIContent> ContentsOf(SpokenPiece piece)
    {
        if (piece is SpokenText words) return Spaced(words.Text);
        // The blank lines between words and a call say nothing.
        blanks = "";
        calls++;
        return [piece is SpokenCall call ? CallOf(call) : CallOf((SpokenRejection)piece)];
    }

    IEnumerable<AIContent> Spaced(string text)
    {
        text = blanks + text;
        var end = text.AsSpan().TrimEnd().Length;
        if (text.Length - end > MaxBlanks) end = text.Length;
        blanks = text[end..];
        return Text(text[..end]);
    }

    static IEnumerable<AIContent> Text(string text) => text.Length == 0 ? [] : [new TextContent(text)];

    // The assembler makes ids unique in the run.
    string IdFor(string? given) => given ?? string.Create(CultureInfo.InvariantCulture, $"call_{calls}");

    FunctionCallContent CallOf(SpokenCall call) => WireNotes.Call(IdFor(call.Id), ToolNames.FromWire(call.Name, offered), call.Arguments);

    FunctionCallContent CallOf(SpokenRejection rejected)
    {
        var call = WireNotes.Call(IdFor(null), ToolNames.FromWire(rejected.Name, offered), new JsonObject { ["snippet"] = rejected.Snippet }.ToJsonString());
        call.SetRejection(rejected.Reason);
        return call;
    }
}
