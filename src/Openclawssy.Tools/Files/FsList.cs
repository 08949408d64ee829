using System.ComponentModel;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Lists one folder of the workspace.</summary>
public sealed class FsList() : Tool<FsList.Input, FsList.Output>(FsListJson.Default)
{
    const int MaxEntries = 5_000;

    public sealed record Input(
        [property: Description("Folder in the workspace."), DefaultValue(".")] WorkspacePath? Path = null);

    public sealed record Output(
        [property: Description("The path as given.")] string Path,
        [property: Description("Sorted names; a folder's ends with '/'.")] IReadOnlyList<string> Entries,
        [property: Description("True when the folder has more than 5000 entries and the rest is missing here.")] bool Truncated,
        [property: Description("Which of the entries are links; no tool follows them.")] IReadOnlyList<string>? Links,
        [property: Description("Which of the entries are devices, sockets or pipes; no tool opens them.")] IReadOnlyList<string>? Special);

    public override string Name => "fs.list";
    public override string Description => "List the names in one folder, not those below it. At most 5000 entries.";
    public override Reach Reach => Reach.ReadsFiles;

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var path = input.Path ?? WorkspacePath.Parse(".");
        var (entries, more) = scope.Files.List(path, MaxEntries, cancellationToken);
        return Task.FromResult(new Answer<Output>(
            new(path.Given, [.. entries.Select(entry => entry.Kind == EntryKind.Directory ? entry.Name + "/" : entry.Name)], more,
                NamesOf(entries, EntryKind.Link), NamesOf(entries, EntryKind.Other)),
            $"listed {entries.Count} entries in {path}",
            path.Given));
    }

    static List<string>? NamesOf(IReadOnlyList<WorkspaceEntry> entries, EntryKind kind) =>
        entries.Where(entry => entry.Kind == kind).Select(entry => entry.Name).ToList() is { Count: > 0 } names ? names : null;
}

[JsonSerializable(typeof(FsList.Input))]
[JsonSerializable(typeof(FsList.Output))]
sealed partial class FsListJson : JsonSerializerContext;
