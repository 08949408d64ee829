using System.Diagnostics;
using Openclawssy.TestKit;
using Xunit;

namespace Openclawssy.Acceptance;

/// <summary>A backup taken while the gateway works, restored in another folder: complete, unaltered, anchored.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BackupTests
{
    [Fact]
    public async Task What_was_there_when_it_was_taken_is_there_after_a_restore_and_nothing_is_broken()
    {
        using var place = await GatewayPlace.MakeAsync();
        var before = await CommandRun.StartAsync(["secrets", "set", "db/password"], place.Home, place.Environment, "canary-72d1c0ffee", null);
        Assert.True(before.ExitCode == 0, before.ToString());
        using var gateway = await place.ServeAsync();
        var known = await place.OrderAsync(gateway, "/tool time.now {}");
        await place.FollowAsync(gateway, known);

        using var enough = new CancellationTokenSource();
        var working = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var http = GatewayPlace.AnotherClient();
            while (!enough.IsCancellationRequested) await place.FollowAsync(gateway, await place.OrderAsync(gateway, """/tool fs.append {"path":"log.txt","content":"x"}""", http), http);
        }));
        var temp = place.Environment["TMPDIR"];
        for (var i = 0; i < Campaign.Scale(2, 30); i++)
        {
            var (archive, restored) = (Path.Combine(temp, $"{i}.tar.gz"), Directory.CreateDirectory(Path.Combine(temp, $"restored-{i}")).FullName);
            await ScriptAsync(place, "backup.sh", place.Home, archive, "--with-key", "--with-workspace");
            await ScriptAsync(place, "restore.sh", archive, restored);
            Task<CommandRun> There(params string[] arguments) => CommandRun.StartAsync(arguments, restored, place.Environment, "", null);
            Assert.Equal(0, (int)(File.GetUnixFileMode(archive) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)));

            var verdict = await There("audit", "verify");
            Assert.True(verdict.ExitCode == 0, verdict.ToString());
            Assert.True(File.Exists(Path.Combine(restored, ".openclawssy", "secrets.enc")));
            Assert.Contains("db/password", (await There("secrets", "list")).Out, StringComparison.Ordinal);
            // The next start closes the runs that were at work when the copy was taken.
            var next = await There("run", "--message", "/tool time.now {}");
            Assert.True(next.ExitCode == 0, next.ToString());
            Assert.Contains("completed", (await There("runs", "show", known)).Out, StringComparison.Ordinal);
            var one = await There("audit", "verify", "--run", known);
            Assert.True(one.ExitCode == 0, one.ToString());
            var doctor = await There("doctor");
            Assert.True(doctor.ExitCode == 0, doctor.ToString());
        }
        await enough.CancelAsync();
        await working;
        var again = await TryAsync(place, "restore.sh", Path.Combine(temp, "0.tar.gz"), place.Home);
        Assert.True(again.Code != 0 && again.Said.Contains("already", StringComparison.Ordinal), again.Said);
    }

    [Fact]
    public async Task Without_being_asked_to_it_takes_no_key_along_and_a_changed_backup_is_found()
    {
        using var place = await GatewayPlace.MakeAsync();
        await CommandRun.StartAsync(["secrets", "set", "db/password"], place.Home, place.Environment, "canary-72d1c0ffee", null);
        await place.DoneAsync("run", "--message", "/tool time.now {}");
        var temp = place.Environment["TMPDIR"];
        var (archive, restored) = (Path.Combine(temp, "b.tar.gz"), Directory.CreateDirectory(Path.Combine(temp, "restored")).FullName);
        await ScriptAsync(place, "backup.sh", place.Home, archive);
        await ScriptAsync(place, "restore.sh", archive, restored);
        Assert.Empty(Directory.EnumerateFiles(restored, "master.key", SearchOption.AllDirectories));
        Assert.NotEmpty(Directory.EnumerateFiles(place.Home, "master.key", SearchOption.AllDirectories));

        var chain = Directory.EnumerateFiles(Path.Combine(restored, ".openclawssy", "agents", "default", "audit"), "*.jsonl").First();
        await File.WriteAllLinesAsync(chain, (await File.ReadAllLinesAsync(chain, TestContext.Current.CancellationToken))[..^1], TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await CommandRun.StartAsync(["audit", "verify"], restored, place.Environment, "", null)).ExitCode);
    }

    static async Task ScriptAsync(GatewayPlace place, string script, params string[] arguments)
    {
        var (code, said) = await TryAsync(place, script, arguments);
        Assert.True(code == 0, said);
    }

    static async Task<(int Code, string Said)> TryAsync(GatewayPlace place, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Repository.Root, "scripts", script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in place.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
