using System.Diagnostics;
using Openclawssy.Runtime.Storage;
using Openclawssy.TestKit;
using Openclawssy.Tests.Storage;
using Xunit;

namespace Openclawssy.Tests.Secrets;

/// <summary>Several processes at the store at once, and processes killed at any moment.</summary>
public sealed class SecretStoreRaceTests : IDisposable
{
    readonly SecretHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public void Processes_that_set_at_once_lose_nothing()
    {
        var (processes, each) = (4, Campaign.Scale(10, 100));
        var running = Enumerable.Range(0, processes).Select(p => Dummy.Start("secrets-set", house.Root, $"p{p}", each.ToString())).ToList();
        foreach (var process in running)
        {
            var (code, error) = Dummy.Finish(process);
            Assert.True(code == 0, error);
        }
        var values = house.Values();
        Assert.Equal(processes * each, values.Count);
        for (var p = 0; p < processes; p++)
            for (var i = 0; i < each; i++) Assert.Equal($"value of p{p} number {i}", values[$"p{p}/{i}"]);
    }

    [Fact]
    public void Readers_of_a_store_that_is_rekeyed_all_the_time_see_it_whole()
    {
        house.Set("one", "first value");
        using var rekeying = Dummy.Start("secrets-rekey-for-ever", house.Root);
        rekeying.StandardOutput.ReadLine();
        for (var i = 0; i < Campaign.Scale(30, 1000); i++) Assert.Equal("first value", house.Values()["one"]);
        rekeying.Kill();
        rekeying.WaitForExit();
    }

    [Fact]
    public void Killed_while_setting_a_process_leaves_every_acknowledged_secret()
    {
        var random = new Random(Campaign.Seed);
        var acknowledged = 0;
        for (var round = 0; round < Campaign.Scale(4, 100); round++)
        {
            using var process = Dummy.Start("secrets-set", house.Root, $"r{round}", "1000");
            var last = Kill(process, random);
            for (var i = 0; i <= last; i++, acknowledged++) Assert.Equal($"value of r{round} number {i}", house.Values()[$"r{round}/{i}"]);
        }
        Assert.InRange(house.Values().Count, acknowledged, int.MaxValue);
    }

    [Fact]
    public void Killed_while_rekeying_a_process_leaves_a_store_that_opens_and_can_be_changed()
    {
        var random = new Random(Campaign.Seed);
        house.Set("one", "first value");
        for (var round = 0; round < Campaign.Scale(5, 200); round++)
        {
            using (var process = Dummy.Start("secrets-rekey-for-ever", house.Root)) Kill(process, random);
            Assert.Equal("first value", house.Values()["one"]);
            house.Set("two", $"value of round {round}");
            Assert.Equal($"value of round {round}", house.Values()["two"]);
            // The next writer tidies up: one key, in its own file.
            DurableFile.SweepLeftovers(house.Root);
            Assert.Equal(["master.key", "secrets.enc", "secrets.enc.lock"], Directory.GetFiles(house.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    // Each step of a rekeying, as if the process had died right after it: the same states, found for certain.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_state_between_the_steps_of_a_rekeying_opens(int stepsDone)
    {
        house.Set("one", "first value");
        var (oldStore, oldKey, oldMark) = (File.ReadAllBytes(house.StorePath), File.ReadAllBytes(house.KeyPath), File.ReadAllBytes(house.MarkPath));
        house.Store.Rekey(Runtime.Secrets.NewKey.InFile, _ => { });
        DurableFile.Replace(house.KeyPath + ".next", File.ReadAllBytes(house.KeyPath));
        DurableFile.Replace(house.KeyPath, oldKey);
        if (stepsDone < 2) DurableFile.Replace(house.MarkPath, oldMark);
        if (stepsDone < 1) DurableFile.Replace(house.StorePath, oldStore);

        Assert.Equal("first value", house.Values()["one"]);
        house.Set("two", "second value");
        Assert.False(File.Exists(house.KeyPath + ".next"));
        Assert.Equal(2, house.Values().Count);
    }

    /// <summary>Lets it acknowledge a few steps and kills it; returns the number of the last one it acknowledged.</summary>
    static int Kill(Process process, Random random)
    {
        var said = new List<string>();
        for (var lines = random.Next(1, 4); lines > 0; lines--) said.Add(process.StandardOutput.ReadLine()!);
        Thread.SpinWait(random.Next(1, 3_000_000));
        process.Kill();
        said.AddRange(process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        process.WaitForExit();
        return int.Parse(said[^1]);
    }
}
