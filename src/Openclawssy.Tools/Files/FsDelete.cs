using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Removes a file, a link itself, or a folder of the workspace.</summary>
public sealed class FsDelete() : Tool<FsDelete.Input, FsDelete.Output>(FsDeleteJson.Default)
{
    public sealed record Input(
        [property: Description("What to remove. A link is removed itself, never what it points to.")] WorkspacePath Path,
        [property: Description("Needed to remove a folder, with everything in it.")] bool Recursive = false,
        [property: Description("Answer with skipped instead of an error when nothing is there.")] bool Force = false);

    public sealed record Output(
        [property: Description("The path as given.")] string Path,
        [property: Description("Whether something was removed.")] bool Deleted,
        [property: Description("What was removed: file, dir, link or special.")] string? Type,
        [property: Description("As given, when something was removed.")] bool? Recursive,
        [property: Description("not_found, when force was given and nothing was there.")] string? Skipped,
        [property: Description("The same in words.")] string Summary);

    public override string Name => "fs.delete";
    public override string Description => "Remove a file, or a folder with recursive=true. This cannot be undone.";
    public override Reach Reach => Reach.WritesFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var removed = scope.Edits.Delete(input.Path, input.Recursive, cancellationToken);
        if (removed is null && !input.Force)
            throw ToolException.InvalidInput($"nothing is at {input.Path}; give force=true if that is all right", input.Path.Given);
        var summary = removed is null ? $"path not found, skipped delete: {input.Path}" : $"deleted {input.Path}";
        return Task.FromResult(new Answer<Output>(
            removed is { } kind
                ? new(input.Path.Given, true, EntryWords.Of(kind), input.Recursive, null, summary)
                : new(input.Path.Given, false, null, null, "not_found", summary),
            summary));
    }
}

[JsonSerializable(typeof(FsDelete.Input))]
[JsonSerializable(typeof(FsDelete.Output))]
sealed partial class FsDeleteJson : JsonSerializerContext;
