using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Renames or moves a file or folder inside the workspace.</summary>
public sealed class FsMove() : Tool<FsMove.Input, FsMove.Output>(FsMoveJson.Default)
{
    public sealed record Input(
        [property: Description("What to move.")] WorkspacePath Src,
        [property: Description("Its new path, the name included; its folder must exist.")] WorkspacePath Dst,
        [property: Description("Replace a file that is already at dst.")] bool Overwrite = false);

    public sealed record Output(
        [property: Description("The source as given.")] string Src,
        [property: Description("The destination as given.")] string Dst,
        [property: Description("False when both are the same and nothing had to be done.")] bool Moved,
        [property: Description("What was moved: file, dir, link or special.")] string? Type,
        [property: Description("As given.")] bool Overwrite,
        [property: Description("The same in words.")] string Summary);

    public override string Name => "fs.move";
    public override IReadOnlyList<string> Aliases { get; } = ["fs.rename"];
    public override string Description => "Rename or move a file or folder. dst is the full new path, not a folder to move into.";
    public override Reach Reach => Reach.WritesFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var moved = scope.Edits.Move(input.Src, input.Dst, input.Overwrite, cancellationToken);
        var summary = moved is null ? $"{input.Src} and {input.Dst} are the same; nothing to move" : $"moved {input.Src} to {input.Dst}";
        return Task.FromResult(new Answer<Output>(
            new(input.Src.Given, input.Dst.Given, moved is not null, moved is { } kind ? EntryWords.Of(kind) : null, input.Overwrite, summary), summary));
    }
}

[JsonSerializable(typeof(FsMove.Input))]
[JsonSerializable(typeof(FsMove.Output))]
sealed partial class FsMoveJson : JsonSerializerContext;
