using System.ComponentModel;
using System.Text;
using System.Text.Json.Serialization;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Files;

/// <summary>Changes a part of a text file of the workspace, atomically, in one of three ways.</summary>
public sealed class FsEdit() : Tool<FsEdit.Input, FsEdit.Output>(FsEditJson.Default)
{
    const int MaxFileBytes = 16 * 1024 * 1024;

    public sealed record Input(
        [property: Description("File in the workspace.")] WorkspacePath Path,
        [property: Description("Mode 1, with new: text that occurs exactly once in the file.")] string? Old = null,
        [property: Description("Mode 1, with old: what replaces it; may be empty.")] string? New = null,
        [property: Description("Mode 2: ranges of lines to replace. All numbers are those of the file before the call.")] IReadOnlyList<LineEdit>? Edits = null,
        [property: Description("Mode 3: a unified diff of this one file. Line numbers and counts must be right.")] string? Patch = null);

    /// <summary>One replaced range of lines.</summary>
    public sealed record LineEdit(
        [property: JsonPropertyName("startLine"), Description("First line of the range, from 1. One more than the last line adds at the end."), Bounds(1, int.MaxValue)] int StartLine,
        [property: JsonPropertyName("endLine"), Description("Last line of the range."), Bounds(1, int.MaxValue)] int EndLine,
        [property: JsonPropertyName("newText"), Description("The lines to put there; empty removes the range.")] string NewText);

    public sealed record Output(
        [property: Description("Whether the file is different now.")] bool Updated,
        [property: Description("replace_once, line_patch or unified_diff.")] string Mode,
        [property: Description("The path as given.")] string Path,
        [property: Description("Line ranges or hunks applied; not for replace_once.")] int? AppliedEdits);

    public override string Name => "fs.edit";
    public override string Description =>
        "Change part of a UTF-8 text file of at most 16 MiB. Give exactly one of: old and new; edits; patch. All of it is applied or nothing. Line breaks of the file are kept.";
    public override Reach Reach => Reach.WritesFiles;

    protected override void Check(Input input)
    {
        var replaces = input.Old is not null || input.New is not null;
        if ((replaces ? 1 : 0) + (input.Edits is null ? 0 : 1) + (input.Patch is null ? 0 : 1) != 1)
            throw ToolException.InvalidInput("give exactly one edit mode: old and new, or edits, or patch");
        if (!replaces) return;
        if (input.Old is null) throw ToolException.InvalidInput("$.old: old is missing; new needs it", "$.old");
        if (input.New is null) throw ToolException.InvalidInput("$.new: new is missing; give \"\" to remove old", "$.new");
        if (input.Old.Length == 0) throw ToolException.InvalidInput("$.old: must not be empty; use edits to insert lines", "$.old");
        if (input.Old == input.New) throw ToolException.InvalidInput("$.new: is the same as old; nothing would change", "$.new");
    }

    protected override Task<Answer<Output>> RunAsync(Input input, ToolScope scope, CancellationToken cancellationToken)
    {
        var (mode, count, change) = Plan(input);
        var updated = false;
        scope.Edits.Rewrite(input.Path, MaxFileBytes, bytes =>
        {
            if (!FileText.TryDecode(bytes.Span, out var text, out var reason))
                throw ToolException.InvalidInput($"cannot edit {input.Path}: {FileText.Explain(reason)}", input.Path.Given);
            // A byte order mark is the file's, not its first line's.
            var mark = text.StartsWith(FileText.ByteOrderMark) ? FileText.ByteOrderMark.ToString() : "";
            var changed = mark + change(text[mark.Length..]);
            updated = changed != text;
            return Encoding.UTF8.GetBytes(changed);
        }, cancellationToken);
        return Task.FromResult(new Answer<Output>(
            new(updated, mode, input.Path.Given, count),
            count is null ? $"replaced text once in {input.Path}" : $"applied {count} edit(s) to {input.Path}"));
    }

    static (string Mode, int? Count, Func<string, string> Change) Plan(Input input)
    {
        if (input.Old is { } old) return ("replace_once", null, text => TextEdits.ReplaceOnce(text, old, input.New!));
        if (input.Edits is { } edits) return ("line_patch", edits.Count, text => TextEdits.ReplaceLines(text, edits));
        try
        {
            var diff = UnifiedDiff.Parse(input.Patch!);
            return ("unified_diff", diff.HunkCount, text => Explained(() => diff.Apply(text)));
        }
        catch (UnifiedDiffException refusal) { throw Refused(refusal); }
    }

    static string Explained(Func<string> apply)
    {
        try { return apply(); }
        catch (UnifiedDiffException refusal) { throw Refused(refusal); }
    }

    static ToolException Refused(UnifiedDiffException refusal) => ToolException.InvalidInput($"$.patch: {refusal.Message}", "$.patch");
}

[JsonSerializable(typeof(FsEdit.Input))]
[JsonSerializable(typeof(FsEdit.Output))]
sealed partial class FsEditJson : JsonSerializerContext;
