using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Openclawssy.Egress;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sandboxes;
using Openclawssy.Runtime.Toolkit;
using Openclawssy.Sandboxes;
using Openclawssy.TestKit;
using Openclawssy.Tests.Egress;
using Xunit;

namespace Openclawssy.Tests.Sandboxes;

/// <summary>A command with the proxy, on the real kernel: what it reaches, and that there is nothing else to reach.</summary>
[Collection(CommandsAlone.Name)]
public sealed class CommandNetworkTests
{
    static readonly LocalSandboxConfig Proxied = new() { Network = SandboxNetwork.Proxy };
    static readonly NetworkConfig ThisMachine = new() { Enabled = true, AllowLocalhosts = true };
    static readonly NetworkConfig Listed = new() { Enabled = true, AllowedDomains = ["http://a.test"] };

    static SandboxHouse House(ICommandNetwork? network, LocalSandboxConfig? config = null, LocalMachine? machine = null)
    {
        if (machine is not null && !File.Exists(LocalMachine.This.Bubblewrap)) Assert.Skip("bubblewrap is not installed here");
        return new(SandboxHouse.Bubblewrap, config ?? Proxied, machine: machine) { Network = network };
    }

    static FakeNames Names => new FakeNames().With("a.test", "93.184.216.34");

    [Fact]
    public async Task A_command_reaches_what_is_allowed_and_it_is_recorded()
    {
        using var server = new RawServer(_ => RawServer.Ok("hello from outside"));
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        Assert.Null(house.Sandbox.Status.Refusal);
        var result = await house.RunAsync("curl", "-sS", $"http://127.0.0.1:{server.Port}/page?x=1");
        Assert.Equal(("hello from outside", ""), (result.Stdout, result.Stderr));
        Assert.Equal([$"http://127.0.0.1:{server.Port}"], network.Allowed);
        Assert.Empty(network.Denied);
        Assert.Equal($"http://127.0.0.1:{server.Port}: ended (sent 0 bytes, received 18)", Assert.Single(result.Network));
    }

    [Fact]
    public async Task Https_goes_through_a_tunnel_and_is_encrypted_to_its_end()
    {
        using var certificate = SelfSigned.For("a.test");
        using var server = new RawServer((_, stream) => stream.WriteAsync(Encoding.ASCII.GetBytes(RawServer.Ok("secretly"))).AsTask(), certificate);
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Listed, Names, board);
        using var house = House(network);
        Assert.Equal("secretly", (await house.RunAsync("curl", "-sS", "--insecure", "https://a.test/")).Stdout);
        // Whose certificate it is is between the two: the proxy opens nothing.
        Assert.Contains("certificate", (await house.RunAsync("curl", "-sS", "https://a.test/")).Stderr, StringComparison.Ordinal);
        Assert.Equal(["93.184.216.34:443", "93.184.216.34:443"], board.Dialled);
    }

    [Fact]
    public async Task Git_finds_the_proxy_by_its_variables()
    {
        using var server = new RawServer(request => request.Contains("info/refs", StringComparison.Ordinal) ? RawServer.Ok("0123456789012345678901234567890123456789\trefs/heads/main\n", "Content-Type: text/plain\r\n") : RawServer.Ok("ref: refs/heads/main\n"));
        using var network = new TestNetwork(Listed, Names, new Switchboard(server.Port));
        using var house = House(network);
        var result = await house.RunAsync("git", "ls-remote", "http://a.test/some.git");
        Assert.True(result.Stdout.Contains("0123456789012345678901234567890123456789\trefs/heads/main", StringComparison.Ordinal), result.Stderr);
    }

    [Fact]
    public async Task What_is_not_listed_is_refused_and_the_result_says_what_would_have_to_be_written()
    {
        using var server = new RawServer(_ => RawServer.Ok("reached"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Listed, Names.With("evil.test", "93.184.216.66"), board);
        using var house = House(network);
        var result = await house.BashAsync("curl -sS https://evil.test/; curl -s http://evil.test/; curl -s http://0x7f.1/; curl -s http://169.254.169.254/latest/");
        Assert.Contains("403", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("to allow it the operator adds \"http://evil.test\" to that list", result.Stdout, StringComparison.Ordinal);
        Assert.Equal(["https://evil.test:443", "http://evil.test:80", "http://127.0.0.1:80", "http://169.254.169.254:80"], network.Denied);
        Assert.Equal(4, result.Network.Count);
        Assert.All(result.Network, line => Assert.Contains("refused: host", line, StringComparison.Ordinal));
        Assert.Empty(board.Dialled);
        Assert.Equal(0, server.Visitors);
    }

    [Fact]
    public async Task What_a_shell_can_say_to_the_proxy_by_hand_is_refused_like_anything_else()
    {
        var board = new Switchboard(1);
        using var network = new TestNetwork(Listed, Names, board);
        using var house = House(network);
        var result = await house.BashAsync("""
            say() { exec 3<>/dev/tcp/127.0.0.1/3128; printf "$1" >&3; head -1 <&3; exec 3>&-; }
            say 'CONNECT evil.test\0.a.test:443 HTTP/1.1\r\n\r\n'
            say 'CONNECT a.test:443\r\nX: y\r\n\r\n'
            say 'CONNECT evil.test:443 HTTP/1.1\r\n\r\n'
            say "GET http://a.test/ HTTP/1.1\r\nX: $(head -c 40000 /dev/zero | tr '\0' x)\r\n\r\n"
            """);
        Assert.Equal("HTTP/1.1 400 Bad Request\r\nHTTP/1.1 400 Bad Request\r\nHTTP/1.1 403 Forbidden\r\nHTTP/1.1 431 Request Header Fields Too Large\r\n", result.Stdout);
        Assert.Equal(4, network.Denied.Count());
        Assert.Empty(board.Dialled);
    }

    /// <summary>Every address of this machine, and the ports somebody listens at, the proxy's own among them.</summary>
    static string Knocks(int port) => string.Join('\n', NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(card => card.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork).Append(IPAddress.Loopback).Distinct().Select(address => $"(exec 3<>/dev/tcp/{address}/{port}) 2>/dev/null && echo reached {address}"));

    [Fact]
    public async Task Without_the_proxy_nothing_of_the_network_is_there()
    {
        using var server = new RawServer((_, _) => Task.CompletedTask, IPAddress.Any);
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        var script = Knocks(server.Port);
        Assert.Equal("", (await house.BashAsync(script)).Stdout);
        Assert.Equal(0, server.Visitors);
        foreach (var direct in new[] { "--noproxy '*' http://127.0.0.1:{0}/", "--noproxy '*' http://[::1]:{0}/", "--unix-socket /tmp/x http://a/", "--abstract-unix-socket x http://a/", "--noproxy '*' http://192.0.2.1:3128/" })
            Assert.NotEqual(0, (await house.BashAsync($"curl -s -m 20 {string.Format(System.Globalization.CultureInfo.InvariantCulture, direct, server.Port)}")).ExitCode);
        Assert.Equal("no\n", (await house.BashAsync("(exec 3<>/dev/udp/127.0.0.1/53) 2>/dev/null || echo no")).Stdout);
        Assert.Equal(0, server.Visitors);
        Assert.Empty(network.Verdicts);

        // The negative control: the same script where there is no sandbox.
        Assert.Contains("reached 127.0.0.1", (await house.NaiveAsync(script)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_no_network_configured_there_is_no_variable_no_socket_and_no_proxy()
    {
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network, new());
        var result = await house.BashAsync("env | grep -i proxy; (exec 3<>/dev/tcp/127.0.0.1/3128) 2>&1");
        Assert.DoesNotContain("proxy", result.Stdout, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("/dev/tcp/127.0.0.1/3128", result.Stdout, StringComparison.Ordinal);
        Assert.Empty(network.Verdicts);
        using var proxied = House(network);
        Assert.Equal("HTTPS_PROXY=http://127.0.0.1:3128\nHTTP_PROXY=http://127.0.0.1:3128\nNO_PROXY=\nhttp_proxy=http://127.0.0.1:3128\nhttps_proxy=http://127.0.0.1:3128\nno_proxy=\n",
            (await proxied.BashAsync("env | grep -i proxy | LC_ALL=C sort")).Stdout);
    }

    [Fact]
    public async Task Nothing_of_the_way_out_is_left_inside_but_the_listening_socket()
    {
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        // Standard streams, and what ls itself opens to look.
        Assert.Equal("0\n1\n2\n3\n", (await house.RunAsync("ls", "/proc/self/fd")).Stdout);
        var result = await house.BashAsync("cat /proc/net/tcp | wc -l; cat /proc/net/unix | wc -l; cat /proc/net/dev | grep -c :");
        // One line is the head; the other of TCP is the proxy's, and of interfaces the loopback.
        Assert.Equal("2\n1\n1\n", result.Stdout);
    }

    [Fact]
    public async Task The_weaker_tier_is_refused_and_never_taken_instead()
    {
        using var network = new TestNetwork(ThisMachine);
        using var weak = new SandboxHouse(SandboxHouse.Landlock, Proxied) { Network = network };
        Assert.Contains("which the landlock tier cannot have", weak.Sandbox.Status.Refusal, StringComparison.Ordinal);
        using var auto = new SandboxHouse("auto", Proxied, machine: LocalMachine.This with { Bubblewrap = "/usr/bin/bwrap-is-not-here" }) { Network = network };
        Assert.Contains("not installed", auto.Sandbox.Status.Refusal, StringComparison.Ordinal);
        Assert.Contains("which the landlock tier cannot have", auto.Sandbox.Status.Refusal, StringComparison.Ordinal);
        foreach (var house in new[] { weak, auto })
        {
            var refused = await Assert.ThrowsAsync<ToolException>(() => house.RunAsync("touch", "ran"));
            Assert.Equal(ToolErrorCodes.SandboxRequired, refused.Code);
            Assert.False(File.Exists(house["ran"]));
        }
    }

    [Fact]
    public void The_self_test_says_what_holds_and_what_does_not()
    {
        using var house = House(null);
        Assert.Null(house.Sandbox.Status.Refusal);
        Assert.Contains(house.Sandbox.Status.Stops, line => line.Contains("network but for the program's own proxy", StringComparison.Ordinal));
        Assert.Contains(house.Sandbox.Status.Stops, line => line.Contains($"{SelfTest.ProxyAttempts.Count} attempts", StringComparison.Ordinal));
        Assert.Contains("what a command sends to a listed host is not looked into", house.Sandbox.Status.Leaves);
    }

    [Fact]
    public async Task A_network_that_is_not_empty_refuses_every_command()
    {
        using var folder = new TempFolder();
        // Bubblewrap, but with the machine's own network.
        File.WriteAllText(folder["bwrap"], "#!/bin/bash\nwords=()\nfor word in \"$@\"; do [ \"$word\" = --unshare-all ] && words+=(--unshare-pid --unshare-ipc --unshare-uts) || words+=(\"$word\"); done\nexec /usr/bin/bwrap \"${words[@]}\"\n");
        Native.SetMode(folder["bwrap"], 0x1ed);
        if (!Native.IsRoot) Assert.Skip("only root can put something in bubblewrap's place");
        using var shared = House(null, machine: LocalMachine.This with { Bubblewrap = folder["bwrap"] });
        Assert.Contains("the network of the namespace is not empty", shared.Sandbox.Status.Refusal, StringComparison.Ordinal);
        Assert.Equal(ToolErrorCodes.SandboxRequired, (await Assert.ThrowsAsync<ToolException>(() => shared.RunAsync("true"))).Code);
    }

    [Theory]
    [InlineData("listen")]
    [InlineData("sendmsg")]
    [InlineData("connect")]
    public async Task A_kernel_that_refuses_a_step_of_the_way_out_refuses_every_command(string call)
    {
        using var broken = new BrokenLauncher($"-e inject={call}:error=EACCES");
        using var house = House(null, machine: broken.Machine);
        Assert.Contains("the command's way to the proxy could not be made (error 13)", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
        Assert.Equal(ToolErrorCodes.SandboxRequired, (await Assert.ThrowsAsync<ToolException>(() => house.RunAsync("true"))).Code);
    }

    [Fact]
    public void A_filter_that_only_seems_to_work_is_noticed_by_trying()
    {
        // Landlock that answers success and does nothing, and so lets files be read: the attempts of this mode see it as those of the other do.
        using var broken = new BrokenLauncher("-e inject=landlock_restrict_self:retval=0");
        using var house = House(null, machine: broken.Machine);
        Assert.Contains("from inside it was possible to", house.Sandbox.Status.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_stands_for_this_machine_is_refused_from_inside_too()
    {
        using var server = new RawServer(_ => RawServer.Ok("inside"));
        var board = new Switchboard(server.Port);
        using var network = new TestNetwork(Listed, new FakeNames().With("a.test", "93.184.216.34").With("a.test", "127.0.0.1"), board);
        using var house = House(network);
        var result = await house.BashAsync("curl -s http://a.test/; echo; curl -s http://a.test/");
        Assert.StartsWith("inside\nhost \"a.test\" stands for 127.0.0.1, which is this machine", result.Stdout, StringComparison.Ordinal);
        Assert.Equal(["93.184.216.34:80"], board.Dialled);
    }

    [Fact]
    public async Task With_the_command_its_connections_end()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            begun.SetResult();
            try
            {
                while (true) await stream.WriteAsync(new byte[64 * 1024]);
            }
            finally { ended.SetResult(); }
        });
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        using var stop = new CancellationTokenSource();
        // It left its session and its parent, and reads for as long as there is something.
        var running = house.Shell.RunAsync(new("bash", ["-c", $"(setsid curl -s http://127.0.0.1:{server.Port}/ >/dev/null &); sleep 600"]), stop.Token);
        await begun.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await ended.Task;
        Assert.Contains("cut", Assert.Single(network.Seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_commands_with_a_network_leave_no_process_descriptor_or_file()
    {
        using var server = new RawServer(_ => RawServer.Ok("hello"));
        using var network = new TestNetwork(ThisMachine with { AllowedDomains = ["a.test"] }, limits: new() { Connections = int.MaxValue });
        using var house = House(network);
        var mark = Survivors.NewMark();
        string[] scripts =
        [
            $"curl -s http://127.0.0.1:{server.Port}/", "curl -s http://b.test/", "exit 7", $"(setsid sleep {mark} &) ; exec 3<>/dev/tcp/127.0.0.1/3128", "exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT ' >&3; kill -9 $$",
            $"exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT 127.0.0.1:{server.Port} HTTP/1.1\\r\\n\\r\\n' >&3; read line <&3", Late, Cancelled,
        ];
        foreach (var script in scripts) await OneAsync(script);
        var (descriptors, files) = (Descriptors(), Doors());
        for (var i = 0; i < Campaign.Scale(80, 500); i++) await OneAsync(scripts[i % scripts.Length]);
        Assert.Empty(Survivors.With(mark));
        Assert.InRange(Descriptors(), 0, descriptors + 3);
        Assert.Empty(Doors().Except(files));

        async Task OneAsync(string script)
        {
            using var stop = new CancellationTokenSource();
            var running = house.Shell.RunAsync(new("bash", ["-c", script]) { Limit = script == Late ? TimeSpan.FromMilliseconds(250) : null }, stop.Token);
            if (script == Cancelled) await stop.CancelAsync();
            try { await running; }
            catch (OperationCanceledException) when (script == Cancelled) { }
        }

        static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
        static HashSet<string> Doors() => [.. Directory.EnumerateDirectories(Path.GetTempPath(), $"openclawssy-shell-{Environment.ProcessId}-*")];
    }

    const string Late = "exec 3<>/dev/tcp/127.0.0.1/3128; sleep 30 & sleep 30", Cancelled = "exec 3<>/dev/tcp/127.0.0.1/3128; sleep 31";

    [Fact]
    public async Task More_connections_than_are_served_at_a_time_wait_their_turn()
    {
        using var server = new RawServer(_ => RawServer.Ok("x"));
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        var many = CommandDoorway.AtOnce + 40;
        var result = await house.BashAsync($"for i in $(seq {many}); do curl -s http://127.0.0.1:{server.Port}/ & done; wait");
        Assert.Equal(new string('x', many), result.Stdout);
        Assert.Equal(many, network.Allowed.Count());
    }

    [Fact]
    public async Task A_network_that_was_switched_off_since_is_off_at_the_next_command()
    {
        var now = new OpenclawssyConfig
        {
            Sandbox = new() { Active = true, Provider = SandboxProvider.Local, Local = Proxied },
            Shell = new() { EnableExec = true, AllowedCommands = ["*"] },
        };
        using var network = new TestNetwork(ThisMachine);
        using var house = House(network);
        var switched = new SwitchedSandbox(house.Sandbox, () => now);
        Assert.Contains("http_proxy=", (await RunAsync()).Stdout, StringComparison.Ordinal);
        now = now with { Sandbox = now.Sandbox with { Local = new() } };
        Assert.DoesNotContain("http_proxy=", (await RunAsync()).Stdout, StringComparison.Ordinal);

        Task<CommandResult> RunAsync() => switched.ShellFor(house.Permit, house.RunFolder, network).RunAsync(new("env", []), CancellationToken.None);
    }
}
