using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>Two processes: one waits for its model, the other cancels its run.</summary>
public sealed class CancelFromElsewhereTests
{
    [Theory]
    [InlineData("runs cancel")]
    [InlineData("run.cancel")]
    public async Task A_run_is_cancelled_by_another_process(string way)
    {
        if (!Binary.IsBuilt)
        {
            Assert.False(Binary.IsRequired, $"{Binary.Path} is not there");
            Assert.Skip("the program is not built; run make build");
        }
        using var folder = new TempFolder();
        Dictionary<string, string> environment = new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder.Path, ["OPENAI_COMPAT_API_KEY"] = "cancel-key-0123456789" };
        if (System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } runtime) environment["DOTNET_ROOT"] = runtime;
        Task<CommandRun> Openclawssy(params string[] arguments) => CommandRun.StartAsync(arguments, folder.Path, environment, "", null);
        await Openclawssy("init");
        using var silence = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silence.Start();
        File.WriteAllText(folder[".openclawssy/config.json"],
            $$"""{ "model": { "provider": "generic", "name": "m" }, "providers": { "generic": { "base_url": "http://127.0.0.1:{{((System.Net.IPEndPoint)silence.LocalEndpoint).Port}}/v1" } } }""");

        var waiting = Openclawssy("run", "--message", "wait for me");
        using var asked = await silence.AcceptTcpClientAsync();
        var run = Path.GetFileName(Assert.Single(Directory.EnumerateDirectories(folder[".openclawssy/agents/default/runs"])));
        Assert.Contains("running", (await Openclawssy("runs", "list")).Out, StringComparison.Ordinal);
        var cancelled = way == "runs cancel" ? await Openclawssy("runs", "cancel", run) : await Openclawssy("run", "--message", $$"""/tool run.cancel {"run_id":"{{run}}"}""");
        Assert.True(cancelled.ExitCode == 0 && cancelled.Out.Contains("ancellation requested", StringComparison.Ordinal), cancelled.ToString());

        var ended = await waiting;
        Assert.True(ended.ExitCode == 130, ended.ToString());
        Assert.Contains("\"status\": \"cancelled\"", await File.ReadAllTextAsync(folder[$".openclawssy/agents/default/runs/{run}/meta.json"]), StringComparison.Ordinal);
        Assert.Equal(0, (await Openclawssy("audit", "verify")).ExitCode);
        Assert.Contains("is over: cancelled", (await Openclawssy("runs", "cancel", run)).Error, StringComparison.Ordinal);
    }
}
