using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

/// <summary>S05: what rules agents and tools is not changed from inside the workspace, by any spelling or detour.</summary>
public sealed class ProtectionTests
{
    static readonly string[] targets =
    [
        ".git/config", ".git/hooks/pre-commit", ".git/hooks", ".openclawssy", ".openclawssy/config.json", ".openclawssy/agents/ada/SOUL.md", ".vscode/tasks.json", ".vscode",
        ".envrc", "SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md", "sub/SOUL.md", "sub/module/.git/config", "sub/.envrc", "SOUL.md/inside",
    ];

    static readonly string[] spellings =
    [
        ".GIT/config", ".git/CONFIG", ".Git/Hooks/post-checkout", "soul.MD", "Rules.md", ".ENVRC", ".VSCode/settings.json", ".OpenClawssy/config.json",
        "./.git//config", ".git/./hooks/x", ".git./config", ".envrc ", "SOUL.md.", ".g\u200cit/config", ".git/con\u200dfig", "\u017fOUL.md", "TOOL\u017f.md", ".en\ufe0fvrc", ".vscode/",
    ];

    static IEnumerable<string> All => targets.Concat(spellings);

    static List<string> Changes(IOperations operations, Playground ground, Action plant)
    {
        var changed = new List<string>();
        string? before = null;
        foreach (var path in All)
            foreach (var (name, act) in new (string, Action)[]
            {
                ("write", () => operations.Write(path, "evil")), ("append", () => operations.Append(path, "evil")), ("edit", () => operations.Edit(path, _ => "evil")),
                ("delete", () => operations.Delete(path)), ("move from", () => operations.Move(path, "stolen")), ("move to", () => operations.Move("plain.txt", path)),
            })
            {
                if (ground.SnapshotInside() != before)
                {
                    foreach (var entry in Directory.GetDirectories(ground.Root)) Directory.Delete(entry, true);
                    foreach (var entry in Directory.GetFiles(ground.Root)) File.Delete(entry);
                    plant();
                    before = ground.SnapshotInside();
                }
                try
                {
                    act();
                    if (operations is GuardedOperations) changed.Add($"{name} {path} was let through");
                }
                catch (ToolException refusal) when (refusal.Code == ToolErrorCodes.PolicyDenied) { Assert.Contains("workspace.protected", refusal.Message); }
                catch (Exception) when (operations is NaiveOperations) { }
                if (ground.SnapshotInside() != before) changed.Add($"{name} {path}");
            }
        return changed;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_operation_changes_a_protected_name_present_or_absent(bool present)
    {
        using var ground = new Playground();
        Assert.Empty(Changes(new GuardedOperations(ground), ground, () => Plant(ground, present)));
    }

    [Fact]
    public void A_check_of_the_place_alone_lets_every_name_be_changed()
    {
        using var ground = new Playground();
        var changes = Changes(new NaiveOperations(ground.Root, NaiveOperations.Check.Resolved), ground, () => Plant(ground, present: true));
        Assert.True(changes.Count > targets.Length, string.Join('\n', changes));
    }

    static void Plant(Playground ground, bool present)
    {
        ground.Put("plain.txt");
        Directory.CreateDirectory(ground[".git"]);
        Directory.CreateDirectory(ground["sub/module/.git"]);
        if (!present) return;
        foreach (var target in targets.Where(target => target is not (".git/hooks" or ".openclawssy" or ".vscode" or "SOUL.md/inside"))) ground.Put(target, "good");
    }

    [Fact]
    public void A_folder_with_a_protected_name_anywhere_inside_is_neither_deleted_nor_moved()
    {
        using var ground = new Playground();
        foreach (var inside in new[] { ".git/config", "a/b/c/SOUL.md", "x/.envrc", "x/.vscode/settings.json", ".openclawssy/config.json" })
        {
            ground.Put("top/other.txt");
            ground.Put("top/" + inside);
            var before = ground.SnapshotInside();
            var deleting = Assert.Throws<ToolException>(() => ground.Edits.Delete(Playground.At("top"), true, default));
            Assert.Equal(ToolErrorCodes.PolicyDenied, deleting.Code);
            Assert.Contains("workspace.protected", deleting.Message);
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At("top"), Playground.At("elsewhere"), false, default)).Code);
            Assert.Equal(before, ground.SnapshotInside());
            Directory.Delete(ground["top"], true);
        }
    }

    [Theory]
    [InlineData("innocent", ".git", "hooks/pre-commit")]
    [InlineData("innocent", ".git", "config")]
    [InlineData("innocent", "sub/.git", "hooks/pre-commit")]
    [InlineData("innocent", ".GIT", "Hooks/pre-commit")]
    public void Renaming_a_folder_cannot_make_a_protected_name_appear(string from, string to, string inside)
    {
        using var ground = new Playground();
        Directory.CreateDirectory(ground["sub"]);
        ground.Put(from + "/" + inside);
        Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Edits.Move(Playground.At(from), Playground.At(to), false, default)).Code);
        Assert.True(Directory.Exists(ground[from]));
        Assert.False(Path.Exists(ground[to]));
    }

    [Fact]
    public void The_parts_of_a_git_folder_that_are_not_protected_can_be_changed()
    {
        using var ground = new Playground();
        ground.Put(".git/description");
        ground.Edits.Write(Playground.At(".git/description"), "fine"u8.ToArray(), default);
        ground.Edits.Write(Playground.At(".git/configuration"), "fine"u8.ToArray(), default);
        Assert.Equal(EntryKind.Directory, ground.Edits.Move(Playground.At(".git"), Playground.At("git"), false, default));
        ground.Edits.Write(Playground.At("git/config"), "fine: no longer a git folder"u8.ToArray(), default);
    }

    [Fact]
    public void The_refusal_of_a_document_says_where_the_real_one_is()
    {
        using var ground = new Playground();
        var refusal = Assert.Throws<ToolException>(() => ground.Edits.Write(Playground.At("docs/soul.md"), default, default));
        Assert.Contains("does not control agent behavior", refusal.Message);
        Assert.Contains(".openclawssy/agents/ada/SOUL.md", refusal.Message);
        Assert.Contains(".openclawssy/agents/<agent>/<file>", refusal.Message);
        Assert.Contains("\"SOUL.md\"", refusal.Message);
        Assert.Equal("docs/soul.md", refusal.Path);
    }

    [Fact]
    public void The_control_plane_is_not_readable_and_other_protected_names_are()
    {
        using var ground = new Playground();
        ground.Put(".openclawssy/config.json");
        ground.Put("sub/.OPENCLAWSSY/secrets.enc", Playground.Secret);
        ground.Put(".envrc", "readable");
        foreach (var path in new[] { ".openclawssy/config.json", ".openclawssy", "sub/.OPENCLAWSSY/secrets.enc" })
        {
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At(path), 0, 10, default)).Code);
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Files.List(Playground.At(path), 10, default)).Code);
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Files.Walk(Playground.At(path), new(9, 9, new HashSet<string>()), default).ToList()).Code);
        }
        Assert.Equal(["readable"], new GuardedOperations(ground).Search("."));
    }

    [Fact]
    public void The_control_plane_is_protected_whatever_the_configuration_says()
    {
        using var ground = new Playground();
        using var bare = Workspace.Open(ground.Root, ground.State, new([], false));
        var edits = bare.EditsFor(Playground.Permit());
        Assert.Throws<ToolException>(() => edits.Write(Playground.At(".openclawssy"), default, default));
        Assert.True(edits.Write(Playground.At("SOUL.md"), default, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("/")]
    [InlineData("../x")]
    public void An_entry_that_names_nothing_is_refused_when_the_workspace_opens(string entry)
    {
        using var ground = new Playground();
        Assert.Contains("workspace.protected", Assert.Throws<WorkspaceException>(() => Workspace.Open(ground.Root, ground.State, new([entry], false))).Message);
    }
}
