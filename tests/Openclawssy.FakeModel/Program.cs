using System.Globalization;
using System.Runtime.InteropServices;
using Openclawssy.TestKit;

// The fake model as a program of its own, for benches and acceptance: prints its base URL, answers until it is stopped.
// --port 0 --calls 100 --tool fs.list --arguments '{"path":"."}' --final done [--check] [--key KEY]
var port = 0;
var calls = 0;
var tool = "fs.list";
var arguments = """{"path":"."}""";
var final = "done";
var check = false;
string? key = null;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--check": check = true; continue;
        case "--port" or "--calls" or "--tool" or "--arguments" or "--final" or "--key" when i + 1 < args.Length: break;
        default: return Usage(args[i]);
    }
    var value = args[++i];
    switch (args[i - 1])
    {
        case "--port" when ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var given): port = given; break;
        case "--calls" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var given): calls = given; break;
        case "--tool": tool = value; break;
        case "--arguments": arguments = value; break;
        case "--final": final = value; break;
        case "--key": key = value; break;
        default: return Usage($"{args[i - 1]} {value}");
    }
}

var stopped = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await using var server = await FakeModelServer.StartAsync(key, port);
server.Checks = check || key is not null;
server.AnswersAtOnce(calls, tool, arguments, final);
Console.WriteLine(server.BaseUrl);
await stopped.Task;
foreach (var violation in server.Violations) Console.Error.WriteLine(violation);
return server.Violations.Count == 0 ? 0 : 1;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}

static int Usage(string wrong)
{
    Console.Error.WriteLine($"do not understand {wrong}; use --port N --calls N --tool NAME --arguments JSON --final TEXT --key KEY --check");
    return 2;
}
