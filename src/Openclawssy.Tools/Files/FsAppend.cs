using System.ComponentModel;
using System.Text;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Adds to the end of a file of the workspace.</summary>
public sealed class FsAppend() : Tool<FsAppend.Input, FsAppend.Output>(FsAppendJson.Default)
{
    public sealed record Input(
        [property: Description("File in the workspace; created when missing, its folder must exist.")] WorkspacePath Path,
        [property: Description("Text to add as it is; begin with a line break if the file's last line has none.")] string Content);

    public sealed record Output(
        [property: Description("The path as given.")] string Path,
        [property: Description("Bytes added.")] int BytesAppended,
        [property: Description("0 for an empty text, else line breaks plus one.")] int LinesAppended,
        [property: Description("The same in words.")] string Summary);

    public override string Name => "fs.append";
    public override string Description => "Add text to the end of a file, creating it if it is missing.";
    public override Reach Reach => Reach.WritesFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(input.Content);
        var lines = TextLines.Count(input.Content);
        scope.Edits.Append(input.Path, bytes, cancellationToken);
        var summary = $"appended {lines} line(s) to {input.Path}";
        return Task.FromResult(new Answer<Output>(new(input.Path.Given, bytes.Length, lines, summary), summary));
    }
}

[JsonSerializable(typeof(FsAppend.Input))]
[JsonSerializable(typeof(FsAppend.Output))]
sealed partial class FsAppendJson : JsonSerializerContext;
