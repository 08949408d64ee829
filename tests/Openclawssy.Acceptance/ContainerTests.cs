using System.Diagnostics;
using System.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>What <c>packaging/Containerfile</c> promises, under bubblewrap: a read-only root, a user without rights, and one folder that may be written.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task It_starts_and_works_on_a_read_only_root_as_nobody_with_only_its_state_writable()
    {
        if (!File.Exists("/usr/bin/bwrap")) Assert.Skip("bubblewrap is not here");
        using var place = await GatewayPlace.MakeAsync();
        var state = Directory.CreateDirectory(Path.Combine(place.Environment["TMPDIR"], "state")).FullName;
        var (tried, _, refused) = await RunAsync(Inside(state, place, "/usr/bin/true"));
        if (tried != 0) Assert.Skip($"bubblewrap cannot make its namespaces here: {refused}");
        var (wrote, _, _) = await RunAsync(Inside(state, place, "/bin/sh", "-c", "echo x > /usr/x || echo x > /x || echo x > /tmp/x"));
        Assert.NotEqual(0, wrote);
        var (me, id, _) = await RunAsync(Inside(state, place, "/usr/bin/id", "-u"));
        Assert.Equal((0, "65534\n"), (me, id));

        var (code, output, error) = await RunAsync(Inside(state, place, Binary.Path, "init"));
        Assert.True(code == 0, output + error);
        using var gateway = await RunningGateway.StartAsync(Inside(state, place, Binary.Path, "serve", "--addr", "127.0.0.1:0"), "serve in a container");
        // No token was given, so it made one.
        Assert.NotNull(gateway.Token);
        using var http = new HttpExchange { Token = gateway.Token };
        var run = await place.OrderAsync(gateway, """/tool fs.write {"path":"made.txt","content":"inside"}""", http);
        await place.FollowAsync(gateway, run, http);
        Assert.Contains("event: completed", http.Body, StringComparison.Ordinal);
        Assert.Equal("inside", await File.ReadAllTextAsync(Path.Combine(state, "workspace", "made.txt"), TestContext.Current.CancellationToken));
        var (health, said, problem) = await RunAsync(Inside(state, place, Binary.Path, "healthcheck"));
        Assert.True(health == 0, said + problem);
    }

    static ProcessStartInfo Inside(string state, GatewayPlace place, params string[] command)
    {
        List<string> arguments =
        [
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--die-with-parent", "--new-session",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/passwd", "/etc/passwd",
            "--proc", "/proc", "--dev", "/dev", "--ro-bind", Path.GetDirectoryName(Binary.Path)!, Path.GetDirectoryName(Binary.Path)!, "--bind", state, "/state", "--chdir", "/state", "--remount-ro", "/",
            "--clearenv", "--setenv", "HOME", "/state", "--setenv", "XDG_STATE_HOME", "/state/.anchor", "--setenv", "OPENCLAWSSY_ROOT", "/state", "--setenv", "PATH", "/usr/bin",
        ];
        if (place.Environment["DOTNET_ROOT"] is { Length: > 0 } runtime)
        {
            if (!runtime.StartsWith("/usr/", StringComparison.Ordinal)) arguments.AddRange(["--ro-bind", runtime, runtime]);
            arguments.AddRange(["--setenv", "DOTNET_ROOT", runtime]);
        }
        return new("/usr/bin/bwrap", [.. arguments, "--", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
    }

    static async Task<(int Code, string Out, string Error)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
