using System.Diagnostics;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Openclawssy.Tests.Egress;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>The whole program as a user without any privilege, in a folder it may read, and as root.</summary>
[Collection(CommandsAlone.Name)]
public sealed class UnprivilegedTests
{
    const uint Nobody = 65534;

    [Theory, MemberData(nameof(CommandTests.Tiers), MemberType = typeof(CommandTests))]
    public void The_sandbox_holds_and_commands_run(string tier)
    {
        if (!Native.IsRoot || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can start a program as somebody else");
        if (tier == SandboxHouse.Bubblewrap && !File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        using var folder = new TempFolder();
        Place(folder);
        Assert.True(Native.Give(folder["home"], Nobody, Nobody));
        Prepare(folder, Nobody, tier);
        var doctor = Run(folder, Nobody, "doctor", "-v");
        Assert.Contains($"commands: sandbox {tier}; stops", doctor.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("started by root", doctor.Text, StringComparison.Ordinal);
        var ran = Run(folder, Nobody, "run", "--message", """/tool shell.exec {"command":"id -u; echo x > made; cat /etc/shadow ../.openclawssy/config.json; (setsid sleep 60 &); exit 0"}""");
        Assert.True(ran.ExitCode == 0, ran.Text);
        Assert.Contains("""65534\n""", ran.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("enable_exec", ran.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root starts them", ran.Text, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["home/workspace/made"]));
    }

    [Theory, MemberData(nameof(CommandTests.Tiers), MemberType = typeof(CommandTests))]
    public void As_root_commands_run_without_its_privileges_with_a_warning_and_a_finding(string tier)
    {
        if (!Native.IsRoot || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can try what root may");
        if (tier == SandboxHouse.Bubblewrap && !File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        using var folder = new TempFolder();
        Place(folder);
        Prepare(folder, 0, tier);
        var doctor = Run(folder, 0, "doctor", "-v");
        Assert.Contains($"commands: sandbox {tier}; stops", doctor.Text, StringComparison.Ordinal);
        Assert.Contains("commands are started by root", doctor.Text, StringComparison.Ordinal);
        var ran = Run(folder, 0, "run", "--message", """/tool shell.exec {"command":"echo x > made; cat /etc/shadow ../.openclawssy/config.json; chown 1 made; mount -t tmpfs none /mnt; kill -0 1 && echo signalled; exit 0"}""");
        Assert.True(ran.ExitCode == 0, ran.Text);
        Assert.Contains("root starts them", ran.Text, StringComparison.Ordinal);
        foreach (var gained in new[] { "root:", "enable_exec", "signalled\\n" }) Assert.DoesNotContain(gained, ran.Text, StringComparison.Ordinal);
        // The command is "nobody" in its own namespace and the workspace's owner outside of it.
        Assert.Equal(0u, Native.Look(folder["home/workspace/made"])!.Value.User);
    }

    [Theory]
    [InlineData(Nobody)]
    [InlineData(0)]
    public void A_command_has_the_proxy_whoever_runs_the_program_and_owns_the_workspace(uint user)
    {
        if (!Native.IsRoot || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can start a program as somebody else");
        if (!File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        using var server = new RawServer(_ => RawServer.Ok("hello from outside"));
        using var folder = new TempFolder();
        Place(folder);
        if (user != 0) Assert.True(Native.Give(folder["home"], user, user));
        Prepare(folder, user, SandboxHouse.Bubblewrap);
        File.WriteAllText(folder["home/.openclawssy/config.json"],
            """{ "sandbox": { "active": true, "provider": "local", "local": { "network": "proxy" } }, "shell": { "enable_exec": true, "allowed_commands": ["*"] }, "network": { "enabled": true, "allow_localhosts": true } }""");
        // As root the command becomes the workspace's owner on its way.
        Assert.True(Native.Give(folder["home/workspace"], Nobody, Nobody));
        var ran = Run(folder, user, "run", "--message", $$"""/tool shell.exec {"command":"touch made; curl -s http://127.0.0.1:{{server.Port}}/"}""");
        Assert.True(ran.ExitCode == 0, ran.Text);
        Assert.Contains("hello from outside", ran.Text, StringComparison.Ordinal);
        Assert.Equal(Nobody, Native.Look(folder["home/workspace/made"])!.Value.User);
    }

    static void Place(TempFolder folder)
    {
        Native.SetMode(folder.Path, 0x1ed);
        Directory.CreateDirectory(folder["program"]);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(IsOfTheProgram)) File.Copy(file, Path.Combine(folder["program"], Path.GetFileName(file)));
        Directory.CreateDirectory(folder["home"]);
    }

    static void Prepare(TempFolder folder, uint user, string tier)
    {
        var made = Run(folder, user, "init");
        Assert.True(made.ExitCode == 0, made.Text);
        File.WriteAllText(folder["home/.openclawssy/config.json"],
            $$"""{ "sandbox": { "active": true, "provider": "local", "local": { "tier": "{{tier}}" } }, "shell": { "enable_exec": true, "allowed_commands": ["*"] } }""");
    }

    static bool IsOfTheProgram(string file) => Path.GetFileName(file) is var name
        && (name.StartsWith("openclawssy", StringComparison.Ordinal) || name is "Openclawssy.Runtime.dll" or "Openclawssy.Tools.dll" or "System.CommandLine.dll" or "Microsoft.Extensions.AI.Abstractions.dll");

    static (int ExitCode, string Text) Run(TempFolder folder, uint user, params string[] words)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", Path.Combine(folder["program"], "openclawssy"), .. words])
        {
            WorkingDirectory = folder["home"],
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = folder["home"];
        start.Environment["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetFullPath("../../..", Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
