using System.Text;
using System.Text.Json;
using Openclawssy.Cli;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Tests.Cli;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DoctorTests : IAsyncLifetime
{
    readonly TempFolder folder = new();

    public async ValueTask InitializeAsync() => Assert.Equal(0, await House().RunAsync("init", "--root", folder.Path));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Every_finding_that_is_not_fine_says_what_to_do()
    {
        Write("""{"model":{"provider":"zai","name":"x"},"providers":{"openai":{"api_key":"sk-written-0123456789"}},"server":{"port":9},"network":{"enabled":true},"audit":{"anchor":"none"}}""");
        File.SetUnixFileMode(folder[".openclawssy"], (UnixFileMode)0x1ed);
        File.Delete(folder[".openclawssy/policy/capabilities.json"]);
        var (code, findings) = await JsonAsync();
        Assert.Equal(ExitCodes.Failed, code);
        Assert.All(findings.Where(finding => finding.Health != "ok"), finding => Assert.False(string.IsNullOrEmpty(finding.Next), finding.What));
        foreach (var check in new[] { "state", "config", "grants", "model", "keys", "network", "anchor" }) Assert.Contains(findings, finding => finding.Check == check && finding.Health != "ok");
    }

    [Fact]
    public async Task It_names_every_check_and_a_healthy_instance_is_not_broken()
    {
        var (code, findings) = await JsonAsync();
        Assert.Equal(0, code);
        foreach (var check in new[] { "state", "files", "disk", "config", "workspace", "kernel", "commands", "agents", "grants", "secrets", "model", "network", "anchor", "audit", "runs" })
            Assert.Contains(findings, finding => finding.Check == check);
    }

    [Fact]
    public async Task It_changes_nothing()
    {
        Directory.CreateDirectory(folder[".openclawssy/processes"]);
        File.WriteAllText(folder[".openclawssy/processes/dead.lock"], "default run_00000000000000000000000000\n");
        Assert.Equal(0, await House().Typing("value-0123456789").RunAsync("secrets", "set", "one", "--root", folder.Path));
        var before = Snapshot();
        Assert.Equal(0, await House().RunAsync("doctor", "-v", "--root", folder.Path));
        Assert.Equal(before, Snapshot());
        // The negative control: a command that does write is seen by the same look.
        Assert.Equal(0, await House().RunAsync("init", "--force", "--root", folder.Path));
        Assert.NotEqual(before, Snapshot());
    }

    [Fact]
    public async Task A_file_others_may_read_and_one_that_is_a_link_are_found()
    {
        File.SetUnixFileMode(folder[".openclawssy/config.json"], (UnixFileMode)0x1a4);
        Assert.Equal("warning", (await FindingAsync("files")).Health);
        File.Move(folder[".openclawssy/policy/capabilities.json"], folder["elsewhere.json"]);
        File.CreateSymbolicLink(folder[".openclawssy/policy/capabilities.json"], folder["elsewhere.json"]);
        Assert.Equal("failed", (await FindingAsync("files")).Health);
    }

    [Fact]
    public async Task A_run_whose_process_died_is_named()
    {
        Directory.CreateDirectory(folder[".openclawssy/processes"]);
        File.WriteAllText(folder[".openclawssy/processes/dead.lock"], "default run_00000000000000000000000000\n");
        var finding = await FindingAsync("runs");
        Assert.Equal("warning", finding.Health);
        Assert.Contains("run_00000000000000000000000000", finding.What);
    }

    [Theory]
    [InlineData(10L << 30, "Ok")]
    [InlineData(FileChecks.Little - 1, "Warning")]
    [InlineData(FileChecks.TooLittle - 1, "Failed")]
    public void A_full_disk_is_said_before_it_hurts(long free, string health) => Assert.Equal(health, FileChecks.Disk("/somewhere", _ => free).Health.ToString());

    [Theory]
    [InlineData("6.8.0", "capability,landlock,yama", "kill_process errno allow", "Ok")]
    [InlineData("6.8.0", null, "errno allow", "Ok")]
    [InlineData("5.4.0", "capability,yama", "errno allow", "Warning")]
    [InlineData("6.8.0", "landlock", null, "Warning")]
    [InlineData(null, null, null, "Warning")]
    public void What_the_kernel_lacks_is_named(string? release, string? modules, string? actions, string health) => Assert.Equal(health, new KernelCheck(path => path switch
    {
        "/proc/sys/kernel/osrelease" => release,
        "/sys/kernel/security/lsm" => modules,
        "/proc/sys/kernel/seccomp/actions_avail" => actions,
        _ => null,
    }).Run().Health.ToString());

    [Fact]
    public async Task A_model_is_asked_only_when_the_person_wants_it()
    {
        await using var server = await FakeModelServer.StartAsync();
        Write($$$"""{"model":{"provider":"generic","name":"fake-model"},"providers":{"generic":{"base_url":"{{{server.BaseUrl}}}"} } }""");
        var house = House().With("OPENAI_COMPAT_API_KEY", "test-key-0123456789");
        Assert.Equal(0, await house.RunAsync("doctor", "-v", "--root", folder.Path));
        Assert.Empty(server.Requests);
        server.Says("ready");
        Assert.Equal(0, await house.RunAsync("doctor", "-v", "--online", "--root", folder.Path));
        Assert.Contains("generic/fake-model was asked and answered", house.Out);

        // Also what would be tried again in a run: the answer is wanted now.
        server.Answers(FakeAnswer.Error(401, "wrong key"), FakeAnswer.Error(503, "busy"));
        Assert.Equal(ExitCodes.Failed, await house.RunAsync("doctor", "--online", "--root", folder.Path));
        Assert.Contains("secrets set provider/generic/api_key", house.Out);
        Assert.Equal(ExitCodes.Failed, await house.RunAsync("doctor", "--online", "--root", folder.Path));
        Assert.DoesNotContain("run's own limit", house.Out);
        Assert.DoesNotContain("test-key", house.Out + house.Error);
        server.AssertClean();
    }

    sealed record Seen(string Check, string Health, string What, string? Next);

    async Task<Seen> FindingAsync(string check) => Assert.Single((await JsonAsync()).Findings, finding => finding.Check == check);

    async Task<(int Code, List<Seen> Findings)> JsonAsync()
    {
        var house = House();
        var code = await house.RunAsync("doctor", "--json", "--root", folder.Path);
        using var document = JsonDocument.Parse(house.Out);
        return (code, [.. document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => new Seen(
            finding.GetProperty("check").GetString()!, finding.GetProperty("health").GetString()!, finding.GetProperty("what").GetString()!,
            finding.TryGetProperty("next", out var next) ? next.GetString() : null))]);
    }

    void Write(string config)
    {
        File.WriteAllText(folder[".openclawssy/config.json"], config);
        File.SetUnixFileMode(folder[".openclawssy/config.json"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    List<string> Snapshot() =>
    [
        .. Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {File.GetUnixFileMode(path)} {(File.Exists(path) ? Encoding.Latin1.GetString(File.ReadAllBytes(path)) : "")}"),
    ];

    CliHouse House() => new CliHouse().With("XDG_STATE_HOME", folder["user"]);
}
