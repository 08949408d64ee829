using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Xunit;

namespace Openclawssy.Tests.Policy;

/// <summary>Several processes change the grants and the configuration at once: nothing is lost.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ControlPlaneRaceTests : IDisposable
{
    static readonly string[] names = ["ann", "bob", "cem"];
    readonly TempFolder folder = new();
    readonly StateFolder state;

    public ControlPlaneRaceTests() => state = StateFolder.Create(folder.Path);

    public void Dispose() => folder.Dispose();

    /// <summary>Rights that were given and are not there.</summary>
    int LostGrants(string command, int count)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(state.GrantsFile)!);
        File.WriteAllText(state.GrantsFile, $"{{\"agents\":{{{string.Join(",", names.Select(name => $"\"{name}\":[\"time.now\"]"))}}}}}");
        Processes.Together(names.Select(name => (string[])[command, state.GrantsFile, name, .. Enumerable.Range(0, count).Select(i => $"right.{name}{i}")]));
        var granted = new GrantsFile(state.GrantsFile, []).Current();
        Assert.Null(granted.Problem);
        return names.Sum(name => Enumerable.Range(0, count).Count(i => !granted.Has(AgentId.Parse(name), $"right.{name}{i}")));
    }

    [Fact]
    public void Grants_of_several_processes_are_all_kept() => Assert.Equal(0, LostGrants("grant", Campaign.Scale(20, 300)));

    [Fact]
    public void A_writer_of_grants_without_the_lock_is_caught()
    {
        for (var attempt = 0; attempt < 10; attempt++)
            if (LostGrants("grant-naively", 100) > 0) return;
        Assert.Fail("the control was not caught: the race detects nothing");
    }

    /// <summary>Keys that were set and are not there.</summary>
    int LostKeys(string command, int count)
    {
        File.WriteAllText(state.ConfigFile, "{ // ours\n}\n");
        Processes.Together(names.Select(name => (string[])[command, folder.Path, name, $"{count}"]));
        Assert.Contains("// ours", File.ReadAllText(state.ConfigFile), StringComparison.Ordinal);
        var profiles = ConfigStore.In(state).Load().Require().Agents.Profiles;
        return names.Sum(name => Enumerable.Range(0, count).Count(i => !profiles.ContainsKey($"{name}{i}")));
    }

    [Fact]
    public void Keys_set_by_several_processes_are_all_kept() => Assert.Equal(0, LostKeys("configure", Campaign.Scale(15, 200)));

    [Fact]
    public void A_writer_of_the_configuration_without_the_lock_is_caught()
    {
        for (var attempt = 0; attempt < 10; attempt++)
            if (LostKeys("configure-naively", 60) > 0) return;
        Assert.Fail("the control was not caught: the race detects nothing");
    }
}
