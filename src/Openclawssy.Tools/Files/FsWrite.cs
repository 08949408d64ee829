using System.ComponentModel;
using System.Text;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Creates or replaces a whole file of the workspace.</summary>
public sealed class FsWrite() : Tool<FsWrite.Input, FsWrite.Output>(FsWriteJson.Default)
{
    public sealed record Input(
        [property: Description("File in the workspace; its folder must exist.")] WorkspacePath Path,
        [property: Description("The whole new text; may be empty.")] string Content);

    public sealed record Output(
        [property: Description("The path as given.")] string Path,
        [property: Description("Bytes written.")] int Bytes,
        [property: Description("0 for an empty text, else line breaks plus one.")] int Lines,
        [property: Description("False when a file was replaced.")] bool Created,
        [property: Description("The same in words.")] string Summary);

    public override string Name => "fs.write";
    public override string Description => "Create a file or replace all of its content. To change a part of a file use fs.edit.";
    public override Reach Reach => Reach.WritesFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(input.Content);
        var lines = TextLines.Count(input.Content);
        var created = scope.Edits.Write(input.Path, bytes, cancellationToken);
        var summary = $"wrote {lines} line(s) to {input.Path}";
        return Task.FromResult(new Answer<Output>(new(input.Path.Given, bytes.Length, lines, created, summary), summary));
    }
}

[JsonSerializable(typeof(FsWrite.Input))]
[JsonSerializable(typeof(FsWrite.Output))]
sealed partial class FsWriteJson : JsonSerializerContext;
