using System.Globalization;
using Openclawssy.Bench;
using Openclawssy.Launcher;

// Whole-process figures of the native binary beside their floors. Usage: bench NATIVE_BINARY EMPTY_NATIVE_PROGRAM, bench gateway BINARY [CLIENTS [RUNS [MORE [LISTED [STREAMS]]]]], or bench interrupted [RUNS]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["gateway", var served, .. var sizes])
{
    int Size(int at, int normal) => sizes.Length > at ? int.Parse(sizes[at]) : normal;
    await GatewayLoad.RunAsync(Path.GetFullPath(served), Size(0, 32), Size(1, 2000), Size(2, 10_000), Size(3, 100_000), Size(4, 1000));
    return;
}
if (args is ["interrupted", .. var count])
{
    var cut = count is [var some] ? int.Parse(some) : 500;
    Print($"a start after {cut} runs were interrupted", (await Interrupted.MeasureAsync(cut)).TotalMilliseconds, "ms", null);
    return;
}
var (binary, floor) = (Path.GetFullPath(args[0]), Path.GetFullPath(args[1]));
var place = Directory.CreateTempSubdirectory("openclawssy-bench-").FullName;
try
{
    const int Calls = 100;
    var state = new Dictionary<string, string> { ["OPENCLAWSSY_BENCH_KEY"] = "bench-key-0123456789", ["XDG_STATE_HOME"] = Path.Combine(place, "xdg") };
    Child.Time(binary, ["init"], place, state);

    void Point(InstantModel model) => File.WriteAllText(Path.Combine(place, ".openclawssy", "config.json"),
        $$"""
        {
          "model": { "provider": "generic", "name": "instant" },
          "providers": { "generic": { "base_url": "{{model.BaseUrl}}", "api_key_env": "OPENCLAWSSY_BENCH_KEY" } }
        }
        """);

    var nothing = Child.Median(31, () => Child.Time("/bin/true", [], place));
    var empty = Child.Median(31, () => Child.Time(floor, [], place));
    var version = Child.Median(31, () => Child.Time(binary, ["version"], place));
    var fsync = Child.Fsync(place);

    TimeSpan Ask()
    {
        using var model = new InstantModel(0, "", _ => "").Start();
        Point(model);
        return Child.Time(binary, ["ask", "hello"], place, state) - model.OwnTime;
    }
    var ask = Child.Median(31, Ask);
    double peak;
    using (var model = new InstantModel(0, "", _ => "").Start())
    {
        Point(model);
        peak = Child.PeakMiB(floor, binary, ["ask", "hello"], place, state);
    }
    var syncs = Child.SixSyncs(place);

    TimeSpan Run(int calls, string tool, Func<int, string> arguments, params string[] more)
    {
        using var model = new InstantModel(calls, tool, arguments).Start();
        Point(model);
        return Child.Time(binary, ["ask", .. more, "work"], place, state) - model.OwnTime;
    }
    // A call that only repeats an earlier one is answered from the run's own results, so each one asks for something else.
    for (var i = 0; i < Calls; i++) Directory.CreateDirectory(Path.Combine(place, "workspace", $"d{i}"));
    var list = Child.Median(9, () => Run(Calls, "fs.list", i => $$"""{"path":"d{{i}}"}"""));
    var write = Child.Median(9, () => Run(Calls, "fs.write", i => $$"""{"path":"f{{i % 10}}.txt","content":"line {{i}}"}"""));

    // The same turns in a conversation of 2,000 messages.
    var session = Conversation(binary, place, state, Point, messages: 2000);
    var talk = Child.Median(9, () => Run(Calls, "fs.list", i => $$"""{"path":"d{{i}}"}""", "--session", session));
    var many = await ManyRuns.MeasureAsync(place, runs: int.TryParse(Environment.GetEnvironmentVariable("OPENCLAWSSY_BENCH_RUNS"), out var asked) ? asked : 10_000);
    var launcher = Path.Combine(Path.GetDirectoryName(binary)!, "openclawssy-launcher");
    double? Sandbox(LaunchTier tier) => Sandboxed.IsHere(tier) ? (Child.Median(31, () => Sandboxed.Time(launcher, tier, place)) - nothing).TotalMilliseconds : null;
    var (landlock, bubblewrap) = (Sandbox(LaunchTier.Landlock), Sandbox(LaunchTier.Bubblewrap));

    Console.WriteLine($"{"figure",-46}{"measured",12}{"limit",12}");
    Print("binary size", new FileInfo(binary).Length / 1e6, "MB", 20);
    Print("/bin/true (floor)", nothing.TotalMilliseconds, "ms", null);
    Print("empty native program, above /bin/true", (empty - nothing).TotalMilliseconds, "ms", null);
    Print("one fsync (floor)", fsync.TotalMilliseconds, "ms", null);
    Print("version, above /bin/true", (version - nothing).TotalMilliseconds, "ms", 15);
    Print("ask hello, above /bin/true", (ask - nothing).TotalMilliseconds, "ms", 40);
    Print("ask hello, peak memory", peak, "MiB", 40);
    Print("fs.list, per call in a run of 100", (list - ask).TotalMilliseconds / Calls, "ms", 0.6);
    Print("fs.write, per call in a run of 100", (write - ask).TotalMilliseconds / Calls, "ms", 1.5);
    Print("true in the sandbox (landlock), above /bin/true", landlock!.Value, "ms", 15);
    if (bubblewrap is { } strong) Print("true in the sandbox (bubblewrap), above it", strong, "ms", 25);
    Print("its six syncs in plain system calls (floor)", syncs.TotalMilliseconds, "ms", null);
    Print("a turn in a conversation of 2,000 messages", (talk - ask).TotalMilliseconds / Calls, "ms", 2);
    Print("memory after the first tenth of many runs", many.First, "KiB", null);
    Print("memory after all of them", many.Last, "KiB", null);
    Print("what a thousand runs add", many.SlopePerThousand, "KiB", null);
}
finally
{
    Directory.Delete(place, recursive: true);
}

static string Conversation(string binary, string place, IReadOnlyDictionary<string, string> state, Action<InstantModel> point, int messages)
{
    using (var model = new InstantModel(0, "", _ => "").Start())
    {
        point(model);
        Child.Time(binary, ["ask", "--session", "new", "hello"], place, state);
    }
    var folder = Directory.GetDirectories(Path.Combine(place, ".openclawssy", "agents", "default", "memory", "chats"), "chat_*").Single();
    File.AppendAllLines(Path.Combine(folder, "messages.jsonl"), Enumerable.Range(0, messages).Select(i =>
        $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"message {{i}}: {{new string('x', 300)}}","ts":"2026-01-01T00:00:00Z"}"""));
    return Path.GetFileName(folder);
}

static void Print(string figure, double value, string unit, double? limit) =>
    Console.WriteLine($"{figure,-46}{value,9:0.00} {unit,-3}{(limit is null ? "" : $"{limit:0.0} {unit}"),12}");
