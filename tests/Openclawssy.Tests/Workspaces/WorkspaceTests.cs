using Openclawssy.Runtime.Toolkit;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Workspaces;

public sealed class WorkspaceTests
{
    static readonly WorkspaceRules rules = new([], false);

    [Fact]
    public void This_kernel_contains_paths_atomically_and_the_fallback_says_that_it_does_not()
    {
        using var ground = new Playground();
        using var weaker = new Playground(fallback: true);
        Assert.Equal("kernel-atomic", ground.Workspace.Containment.ToText());
        Assert.Equal("best-effort", weaker.Workspace.Containment.ToText());
    }

    [Fact]
    public void Without_openat2_a_workspace_that_requires_it_does_not_open()
    {
        using var ground = new Playground();
        var refusal = Assert.Throws<WorkspaceException>(() => Workspace.Open(ground.Root, ground.State, new([], RequireKernelContainment: true), withoutOpenat2: true));
        Assert.Contains("workspace.containment", refusal.Message);
    }

    [Fact]
    public void The_state_folder_and_the_workspace_may_not_contain_one_another()
    {
        using var temp = new TempFolder();
        Directory.CreateDirectory(temp["repo/.openclawssy/agents/work"]);
        File.CreateSymbolicLink(temp["alias"], temp["repo"]);
        foreach (var (root, state) in new[]
        {
            ("repo", "repo/.openclawssy"), ("repo", "repo"), ("repo/.openclawssy/agents/work", "repo/.openclawssy"), ("repo/.openclawssy", "repo/.openclawssy"),
            ("alias", "repo/.openclawssy"), ("repo", "alias/.openclawssy"),
        })
            Assert.Contains("openclawssy init --root DIR --workspace REPO", Assert.Throws<WorkspaceException>(() => Workspace.Open(temp[root], temp[state], rules)).Message);
    }

    [Fact]
    public void A_bind_mount_does_not_hide_one_in_the_other()
    {
        using var temp = new TempFolder();
        Directory.CreateDirectory(temp["repo/inst/.openclawssy"]);
        Directory.CreateDirectory(temp["bound"]);
        if (!Posix.TryBind(temp["repo"], temp["bound"])) Assert.Skip("this user may not mount");
        try { Assert.Throws<WorkspaceException>(() => Workspace.Open(temp["bound"], temp["repo/inst/.openclawssy"], rules)); }
        finally { Posix.Unmount(temp["bound"]); }
    }

    [Fact]
    public void A_state_folder_moved_into_an_open_workspace_stops_every_call()
    {
        using var ground = new Playground();
        ground.Put("a.txt");
        Directory.Move(Path.GetDirectoryName(ground.State)!, ground["inst"]);
        Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Files.Read(Playground.At("a.txt"), 0, 10, default)).Code);
        Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Edits.Write(Playground.At("a.txt"), default, default)).Code);
        Directory.Move(ground["inst"], Path.GetDirectoryName(ground.State)!);
        Assert.False(ground.Edits.Write(Playground.At("a.txt"), default, default));
    }

    [Fact]
    public void A_workspace_that_was_moved_is_still_the_same_workspace()
    {
        using var ground = new Playground();
        ground.Put("a.txt", "kept");
        Directory.Move(ground.Root, ground.Root + "2");
        Assert.Equal("kept", new GuardedOperations(ground).Read("a.txt"));
        Directory.Move(ground.Root + "2", ground.Root);
    }

    [Fact]
    public void A_removed_workspace_is_an_error_in_words()
    {
        using var ground = new Playground();
        Directory.Delete(ground.Root);
        Assert.Contains("was removed", Assert.Throws<ToolException>(() => ground.Files.List(Playground.At("."), 10, default)).Message);
        Directory.CreateDirectory(ground.Root);
    }

    [Theory]
    [InlineData("missing", "state", "does not exist")]
    [InlineData("file", "state", "is not a folder")]
    [InlineData("ws", "missing", "does not exist")]
    public void A_place_that_cannot_be_used_is_named(string root, string state, string words)
    {
        using var temp = new TempFolder();
        Directory.CreateDirectory(temp["ws"]);
        Directory.CreateDirectory(temp["state"]);
        File.WriteAllText(temp["file"], "");
        Assert.Contains(words, Assert.Throws<WorkspaceException>(() => Workspace.Open(temp[root], temp[state], rules)).Message);
        Assert.Contains("absolute", Assert.Throws<WorkspaceException>(() => Workspace.Open("ws", temp["state"], rules)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_absolute_path_is_taken_only_below_the_workspace(bool fallback)
    {
        using var ground = new Playground(fallback);
        ground.Put("sub/a.txt", "mine");
        File.CreateSymbolicLink(ground.Outside + "/alias", ground.Root);
        using var aliased = Workspace.Open(ground.Outside + "/alias", ground.State, rules);
        var operations = new GuardedOperations(ground);
        Assert.Equal("mine", operations.Read(ground["sub/a.txt"]));
        Assert.Equal(["a.txt"], operations.List(ground.Root + "/./sub/"));
        Assert.Equal(["sub"], operations.List(ground.Root));
        Assert.Equal(4, aliased.Files.Read(Playground.At(ground.Outside + "/alias/sub/a.txt"), 0, 10, default).SizeBytes);
        Assert.Equal(4, aliased.Files.Read(Playground.At(ground["sub/a.txt"]), 0, 10, default).SizeBytes);
        foreach (var path in new[] { "/", "/etc/passwd", ground.Root + "2/a.txt", ground.Outside + "/canary.txt", Path.GetDirectoryName(ground.Root)! })
            Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => operations.Read(path)).Code);
    }

    [Fact]
    public void Changes_need_a_permit_for_writing_files()
    {
        using var ground = new Playground();
        Assert.Equal(ToolErrorCodes.PolicyDenied, Assert.Throws<ToolException>(() => ground.Workspace.EditsFor(Playground.Permit(Reach.ReadsFiles | Reach.Shell))).Code);
        Assert.NotNull(ground.Workspace.EditsFor(Playground.Permit(Reach.ReadsFiles | Reach.WritesFiles)));
    }

    [Fact]
    public void A_closed_workspace_opens_nothing()
    {
        using var ground = new Playground();
        ground.Put("a.txt");
        var files = ground.Files;
        ground.Workspace.Dispose();
        Assert.ThrowsAny<Exception>(() => files.Read(Playground.At("a.txt"), 0, 10, default));
    }
}
