using System.Net.Sockets;
using System.Text;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>The gateway as a service: what it tells the service manager, and the unit that starts it.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task It_tells_the_service_manager_when_it_is_ready_and_when_it_stops()
    {
        using var place = await GatewayPlace.MakeAsync();
        var path = Path.Combine(place.Environment["TMPDIR"], "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        place.Environment["NOTIFY_SOCKET"] = path;
        using var gateway = await place.ServeAsync();
        var ready = await ReceivedAsync(manager);
        Assert.Contains("READY=1", ready.Split('\n'));
        Assert.Contains(gateway.Address.Authority, ready, StringComparison.Ordinal);
        gateway.Signal(15);
        Assert.Contains("STOPPING=1", (await ReceivedAsync(manager)).Split('\n'));
        Assert.Equal(0, (await gateway.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_unit_file_is_one_that_systemd_takes()
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Assert.Skip("systemd-analyze is not here");
        using var folder = new TempFolder();
        var unit = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "packaging", "openclawssy.service"), TestContext.Current.CancellationToken);
        const string Program = "/usr/local/bin/openclawssy";
        Assert.Contains($"ExecStart={Program} serve", unit, StringComparison.Ordinal);
        // Nothing is installed where this runs.
        await File.WriteAllTextAsync(folder["openclawssy.service"], unit.Replace(Program, "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (code, said) = await VerifyAsync(folder["openclawssy.service"]);
        if (said.Contains("Failed to", StringComparison.Ordinal) && said.Contains("manager", StringComparison.Ordinal)) Assert.Skip($"systemd-analyze does not work here: {said}");
        Assert.True(code == 0 && !said.Contains("openclawssy.service", StringComparison.Ordinal), said);

        // It would have said so.
        await File.WriteAllTextAsync(folder["openclawssy.service"], unit.Replace(Program, "/bin/true", StringComparison.Ordinal).Replace("ProtectSystem=strict", "ProtectSystem=somewhat", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("openclawssy.service", (await VerifyAsync(folder["openclawssy.service"])).Said, StringComparison.Ordinal);
    }

    static async Task<(int Code, string Said)> VerifyAsync(string unit)
    {
        var start = new System.Diagnostics.ProcessStartInfo("/usr/bin/systemd-analyze", ["verify", "--man=no", unit]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    static async Task<string> ReceivedAsync(Socket socket)
    {
        using var overdue = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None, overdue.Token));
    }
}
