using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Bench;

/// <summary>The built program's gateway under load: clients that ask for a run, follow it to its end and ask again.</summary>
static class GatewayLoad
{
    const string Token = "bench_token_0123456789abcdefghijkl";

    /// <param name="many">Runs between the two looks at the load.</param>
    /// <param name="listed">Runs in the list whose page is measured.</param>
    public static async Task RunAsync(string binary, int clients, int runs, int many = 10_000, int listed = 100_000, int streams = 1000)
    {
        var place = Directory.CreateTempSubdirectory("openclawssy-gateway-").FullName;
        try
        {
            using var model = new BusyModel().Start();
            var state = new Dictionary<string, string> { ["OPENCLAWSSY_BENCH_KEY"] = "bench-key-0123456789", ["XDG_STATE_HOME"] = Path.Combine(place, "xdg"), ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "" };
            Child.Time(binary, ["init"], place, state);
            File.WriteAllText(Path.Combine(place, ".openclawssy", "config.json"),
                $$"""
                {
                  "model": { "provider": "generic", "name": "instant" }, "server": { "access_log": false },
                  "providers": { "generic": { "base_url": "{{model.BaseUrl}}", "api_key_env": "OPENCLAWSSY_BENCH_KEY" } }
                }
                """);
            using (var first = Gateway.Start(binary, place, state))
            {
                await Task.Delay(1500);
                Print("ready after", first.ReadyAfter.TotalMilliseconds, "ms", 80);
                Print("idle memory (RSS)", first.Rss, "MB", 45);
            }
            var ready = Child.Median(9, () => { using var again = Gateway.Start(binary, place, state); return again.ReadyAfter; });
            Print("ready after, median", ready.TotalMilliseconds, "ms", 80);
            using var gateway = Gateway.Start(binary, place, state);
            await LoadAsync(gateway.Port, clients, clients * 4);
            var fresh = await PrintLoadAsync("fresh", gateway, clients, runs);
            Print("memory after", gateway.Rss, "MB", null);
            for (var more = 0; more < many; more += runs) await LoadAsync(gateway.Port, clients, runs);
            var later = await PrintLoadAsync($"after {many} more", gateway, clients, runs);
            Print("memory after", gateway.Rss, "MB", null);
            Print("  time of a run, against fresh", (fresh / later - 1) * 100, "%", 20);
            await MeasureSizeAsync(binary, Path.Combine(place, "size"), state, listed, streams);
        }
        finally { Directory.Delete(place, recursive: true); }
    }

    static async Task MeasureSizeAsync(string binary, string place, IReadOnlyDictionary<string, string> state, int listed, int streams)
    {
        Directory.CreateDirectory(place);
        Child.Time(binary, ["init"], place, state);
        // A model that takes the connection and says nothing: the run that is followed goes on and on.
        using var silence = new TcpListener(IPAddress.Loopback, 0);
        silence.Start();
        File.WriteAllText(Path.Combine(place, ".openclawssy", "config.json"),
            $$"""
            {
              "model": { "provider": "generic", "name": "silent" }, "server": { "access_log": false },
              "providers": { "generic": { "base_url": "http://{{silence.LocalEndpoint}}/v1", "api_key_env": "OPENCLAWSSY_BENCH_KEY" } }
            }
            """);
        await GatewaySize.FillIndexAsync(place, listed);
        using var gateway = Gateway.Start(binary, place, state);
        Print($"a page of the newest of {listed} runs", GatewaySize.Page(gateway.Port, Token, "limit=50"), "ms", 10);
        Print("  of those that failed, far down", GatewaySize.Page(gateway.Port, Token, $"limit=50&status=failed&offset={listed / 20}"), "ms", null);
        var before = gateway.Rss;
        var open = GatewaySize.OpenStreams(gateway.Port, Token, streams);
        Print($"memory that {streams} open event streams add", gateway.Rss - before, "MB", 100);
        open.ForEach(stream => stream.Dispose());
    }

    /// <returns>Runs a second.</returns>
    static async Task<double> PrintLoadAsync(string what, Gateway gateway, int clients, int runs)
    {
        using var own = Process.GetCurrentProcess();
        var (theirs, ours, began) = (gateway.Cpu, own.TotalProcessorTime, Stopwatch.GetTimestamp());
        var latencies = await LoadAsync(gateway.Port, clients, runs);
        var took = Stopwatch.GetElapsedTime(began);
        own.Refresh();
        var (server, client) = (gateway.Cpu - theirs, own.TotalProcessorTime - ours);
        Array.Sort(latencies);
        Print($"runs a second, {what}", runs / took.TotalSeconds, "/s", 500);
        Print("  p50", latencies[runs / 2], "ms", null);
        Print("  p99", latencies[runs * 99 / 100], "ms", 200);
        Print("  processor time of the gateway per run", server.TotalMilliseconds / runs, "ms", null);
        Print("  processor time of clients and model per run", client.TotalMilliseconds / runs, "ms", null);
        return runs / took.TotalSeconds;
    }

    static async Task<double[]> LoadAsync(int port, int clients, int runs)
    {
        var latencies = new double[runs];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var client = new FollowingClient(port, Token);
            for (int i; (i = Interlocked.Increment(ref next)) < runs;)
            {
                var began = Stopwatch.GetTimestamp();
                await client.RunAsync();
                latencies[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        }));
        return latencies;
    }

    static void Print(string figure, double value, string unit, double? limit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure,-46}{value,9:0.00} {unit,-3}{(limit is null ? "" : $"{limit:0.0} {unit}"),12}"));

    sealed class Gateway : IDisposable
    {
        readonly Process process;
        Gateway(Process process, int port, TimeSpan ready) => (this.process, Port, ReadyAfter) = (process, port, ready);

        public int Port { get; }
        public TimeSpan ReadyAfter { get; }
        public double Rss => long.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000.0;
        public TimeSpan Cpu { get { process.Refresh(); return process.TotalProcessorTime; } }

        public static Gateway Start(string binary, string place, IReadOnlyDictionary<string, string> state)
        {
            var start = new ProcessStartInfo(binary) { WorkingDirectory = place, RedirectStandardOutput = true };
            foreach (var argument in (string[])["serve", "--addr", "127.0.0.1:0", "--token", Token]) start.ArgumentList.Add(argument);
            start.Environment.Clear();
            start.Environment["HOME"] = place;
            foreach (var (name, value) in state) start.Environment[name] = value;
            var began = Stopwatch.GetTimestamp();
            var process = Process.Start(start)!;
            var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the gateway said nothing");
            var port = new Uri(line.Split(' ')[^1]).Port;
            using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
            {
                socket.Connect(IPAddress.Loopback, port);
                socket.Send(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));
                socket.Receive(new byte[1024]);
            }
            return new(process, port, Stopwatch.GetElapsedTime(began));
        }

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}

/// <summary>One client on one connection: asks for a run, then reads its events to the end.</summary>
sealed class FollowingClient : IDisposable
{
    readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly byte[] buffer = new byte[256 * 1024];
    readonly byte[] order;
    readonly string head;

    public FollowingClient(int port, string token)
    {
        socket.Connect(IPAddress.Loopback, port);
        head = $"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n";
        const string body = """{"agent_id":"default","message":"hello"}""";
        order = Encoding.ASCII.GetBytes($"POST /v1/runs HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    public async Task RunAsync()
    {
        while (true)
        {
            await socket.SendAsync(order);
            var answer = await ReadAsync(bytes => Raw.HeadEnd(bytes) is > 0 and var end && bytes.Length >= end + Raw.ContentLength(bytes[..end]));
            if (answer.StartsWith("HTTP/1.1 429", StringComparison.Ordinal))
            {
                await Task.Delay(5);
                continue;
            }
            var at = answer.IndexOf("\"id\":\"", StringComparison.Ordinal);
            if (at < 0) throw new InvalidOperationException(answer);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/runs/events/{answer[(at + 6)..].Split('"')[0]} HTTP/1.1\r\n{head}\r\n"));
            var events = await ReadAsync(bytes => bytes.EndsWith("\r\n0\r\n\r\n"u8));
            if (!events.Contains("\"status\":\"completed\"", StringComparison.Ordinal)) throw new InvalidOperationException(events);
            return;
        }
    }

    async Task<string> ReadAsync(Func<ReadOnlySpan<byte>, bool> isWhole)
    {
        var have = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(have));
            if (read == 0) throw new InvalidOperationException($"the gateway closed the connection: {Encoding.UTF8.GetString(buffer, 0, have)}");
            have += read;
            if (isWhole(buffer.AsSpan(0, have))) return Encoding.UTF8.GetString(buffer, 0, have);
        }
    }

    public void Dispose() => socket.Dispose();
}
