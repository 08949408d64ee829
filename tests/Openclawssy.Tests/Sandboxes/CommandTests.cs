using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>What a command is given and what comes back.</summary>
[Collection(CommandsAlone.Name)]
public sealed class CommandTests
{
    public static TheoryData<string> Tiers => [SandboxHouse.Landlock, SandboxHouse.Bubblewrap];

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_command_works_in_the_workspace(string tier)
    {
        using var house = new SandboxHouse(tier);
        var result = await house.BashAsync("echo made > made.txt; cat made.txt; echo oops >&2; exit 3");
        Assert.Equal((3, "made\n", "oops\n", false, null, tier), (result.ExitCode, result.Stdout, result.Stderr, result.Truncated, result.Signal, result.Sandbox));
        Assert.Equal("made\n", File.ReadAllText(house["made.txt"]));
        Assert.Empty(result.PutBack);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Nothing_outside_is_read_or_written(string tier)
    {
        using var house = new SandboxHouse(tier);
        var script = $"cat {house.Outside}/canary; echo x > {house.Outside}/written; ls /root /home; cat /etc/passwd; echo done";
        var result = await house.BashAsync(script);
        Assert.Equal("done\n", result.Stdout);
        Assert.False(File.Exists(Path.Combine(house.Outside, "written")));
        // The same words without a sandbox.
        Assert.Contains("CANARY", (await house.NaiveAsync(script)).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(house.Outside, "written")));
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_link_in_the_workspace_leads_nowhere(string tier)
    {
        using var house = new SandboxHouse(tier);
        File.CreateSymbolicLink(house["link"], house.Outside);
        File.CreateSymbolicLink(house[".vscode"], house.Outside);
        var result = await house.BashAsync("cat link/canary .vscode/canary");
        Assert.Equal("", result.Stdout);
        var refused = await Assert.ThrowsAsync<ToolException>(() => house.Shell.RunAsync(new("pwd", []) { Folder = WorkspacePath.Parse("link") }, CancellationToken.None));
        Assert.Equal("policy.denied", refused.Code);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task The_environment_is_a_short_list_and_the_descriptors_are_three(string tier)
    {
        Environment.SetEnvironmentVariable("OPENCLAWSSY_TEST_SECRET", "leak");
        using var inherited = File.OpenRead("/etc/hostname");
        using var house = new SandboxHouse(tier);
        // A descriptor without close-on-exec, as a parent of ours may have left one.
        Assert.True(Posix.Inherit(inherited.SafeFileHandle));
        var result = await house.RunAsync("env");
        Assert.Equal(["HOME", "LANG", "PATH", "TMPDIR"], result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf('=')]).Order());
        var open = await house.BashAsync("for i in {3..254}; do (exec <&$i) 2>/dev/null && echo $i; done; exit 0");
        Assert.Equal("", open.Stdout);
        Assert.Contains("OPENCLAWSSY_TEST_SECRET=leak", (await house.NaiveAsync("env")).Output, StringComparison.Ordinal);
        Assert.True(Posix.Inherit(inherited.SafeFileHandle, off: true));
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task A_call_sets_allowed_variables_only(string tier)
    {
        using var house = new SandboxHouse(tier);
        var result = await house.Shell.RunAsync(new("bash", ["-c", "echo $TZ"]) { Environment = new Dictionary<string, TextOrSecret> { ["TZ"] = TextOrSecret.Of("Mars/Olympus") } }, CancellationToken.None);
        Assert.Equal("Mars/Olympus\n", result.Stdout);
        var refused = await Assert.ThrowsAsync<ToolException>(() => house.Shell.RunAsync(new("env", []) { Environment = new Dictionary<string, TextOrSecret> { ["LD_PRELOAD"] = TextOrSecret.Of("x") } }, CancellationToken.None));
        Assert.Contains("sandbox.local.env", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Input_folder_and_temporary_folder_are_its_own(string tier)
    {
        using var house = new SandboxHouse(tier);
        Directory.CreateDirectory(house["sub"]);
        var result = await house.Shell.RunAsync(new("bash", ["-c", "cat; pwd; echo t > $TMPDIR/t; cat $TMPDIR/t"]) { Folder = WorkspacePath.Parse("sub"), Input = "héllo\n" }, CancellationToken.None);
        Assert.Equal($"héllo\n{house["sub"]}\nt\n", result.Stdout);
        Assert.Equal("", (await house.RunAsync("cat")).Stdout);
    }

    [Fact]
    public async Task A_signal_is_named()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        var result = await house.BashAsync("kill -TERM $$");
        Assert.Equal((143, "SIGTERM"), (result.ExitCode, result.Signal));
    }

    [Fact]
    public async Task What_is_not_allowed_is_refused_with_the_line_to_add()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock, shell: new() { AllowedCommands = ["echo hello"] });
        Assert.Equal("hello you\n", (await house.RunAsync("echo", "hello", "you")).Stdout);
        var refused = await Assert.ThrowsAsync<ToolException>(() => house.RunAsync("echo", "bye bye"));
        Assert.Equal("policy.denied", refused.Code);
        Assert.Contains("\"echo 'bye bye'\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_planted_in_the_workspace_is_never_the_one_that_runs()
    {
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        File.WriteAllText(house["env"], "#!/bin/sh\necho PLANTED\n");
        Native.SetMode(house["env"], 0x1ed);
        Assert.DoesNotContain("PLANTED", (await house.RunAsync("env")).Stdout, StringComparison.Ordinal);
        Assert.Equal("tool.input_invalid", (await Assert.ThrowsAsync<ToolException>(() => house.RunAsync(house["env"]))).Code);
        Assert.Equal("tool.input_invalid", (await Assert.ThrowsAsync<ToolException>(() => house.RunAsync("./env"))).Code);
    }

    [Theory, MemberData(nameof(Tiers))]
    public async Task Protected_names_are_as_they_were_afterwards(string tier)
    {
        using var house = new SandboxHouse(tier);
        Directory.CreateDirectory(house[".git/hooks"]);
        File.WriteAllText(house[".git/config"], "mine");
        File.WriteAllText(house[".git/hooks/old"], "old");
        File.WriteAllText(house["RULES.md"], "rules");
        Directory.CreateDirectory(house["sub"]);
        const string script =
            "echo x > SOUL.md; echo x > .git/config; echo x > .git/hooks/pre-commit; rm -rf .git/hooks/old; rm -f RULES.md; mkdir -p .vscode && echo x > .vscode/tasks.json; mv .git gone; "
            + "mkdir -p sub/.git/hooks && echo x > sub/.git/hooks/post-checkout; echo x > sub/soul.md; echo fine > fine.txt; exit 0";
        var result = await house.BashAsync(script);
        Assert.Equal("mine", File.ReadAllText(house[".git/config"]));
        Assert.Equal("old", File.ReadAllText(house[".git/hooks/old"]));
        Assert.Equal("rules", File.ReadAllText(house["RULES.md"]));
        foreach (var name in new[] { "SOUL.md", ".git/hooks/pre-commit", ".vscode", ".envrc", "sub/.git/hooks/post-checkout", "sub/soul.md" }) Assert.False(Path.Exists(house[name]), name);
        Assert.Equal("fine\n", File.ReadAllText(house["fine.txt"]));
        Assert.Contains("sub/soul.md", result.PutBack);
        // Nothing of it is left to be put back, and a naive runner keeps it all.
        Assert.Empty((await house.RunAsync("true")).PutBack);
        await house.NaiveAsync(script);
        Assert.True(File.Exists(house["SOUL.md"]));
    }

    [Fact]
    public async Task With_namespaces_protected_names_cannot_even_be_written()
    {
        using var house = new SandboxHouse(SandboxHouse.Bubblewrap);
        File.WriteAllText(house["RULES.md"], "rules");
        var result = await house.BashAsync("echo x > RULES.md || echo held; rm -f RULES.md || echo held; echo x > SOUL.md || echo masked; echo x > .vscode/a || echo masked");
        Assert.Equal("held\nheld\nmasked\nmasked\n", result.Stdout);
        Assert.Empty(result.PutBack);
    }

    [Fact]
    public void What_a_killed_program_left_is_swept_at_the_next_start()
    {
        // No process has such a number: the kernel's largest is 4194304.
        var left = Directory.CreateTempSubdirectory("openclawssy-shell-99999999-").FullName;
        var living = Directory.CreateTempSubdirectory($"openclawssy-shell-{Environment.ProcessId}-").FullName;
        File.WriteAllText(Path.Combine(left, "file"), "x");
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        Assert.Null(house.Sandbox.Status.Refusal);
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(living));
        Directory.Delete(living);
    }

    [Fact]
    public async Task As_root_a_command_runs_as_the_owner_of_the_workspace()
    {
        if (!Native.IsRoot) Assert.Skip("only root can become somebody else");
        using var house = new SandboxHouse(SandboxHouse.Landlock);
        Assert.True(Native.Give(house[""], 65534, 65534));
        var result = await house.BashAsync("id -u; touch mine");
        Assert.Equal("65534\n", result.Stdout);
        Assert.Equal(65534u, Native.Look(house["mine"])!.Value.User);
    }
}
