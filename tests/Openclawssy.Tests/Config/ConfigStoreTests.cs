using System.Text;
using Openclawssy.Runtime.Config;
using Xunit;

namespace Openclawssy.Tests.Config;

public sealed class ConfigStoreTests
{
    /// <summary>A folder of two files, in memory, that counts who holds the lock.</summary>
    sealed class Disk
    {
        public string? Current, LastGood;
        public int Held, Taken;

        public ConfigStore Store => new("config.json", () => Current is null ? null : Encoding.UTF8.GetBytes(Current),
            bytes => { Assert.Equal(1, Held); Current = Encoding.UTF8.GetString(bytes); }, bytes => LastGood = Encoding.UTF8.GetString(bytes),
            () => { Held++; Taken++; return new Release(this); });

        sealed class Release(Disk disk) : IDisposable
        {
            public void Dispose() => disk.Held--;
        }
    }

    static ConfigChange To(string path, string json) => new(ConfigPath.Parse(path), json);

    [Fact]
    public void A_change_keeps_comments_and_what_it_replaced()
    {
        var disk = new Disk { Current = "{ // mine\n  \"model\": { \"name\": \"a\" }\n}\n" };
        var load = disk.Store.Change([To("model.name", "\"b\""), To("engine.max_concurrent_runs", "4")]);
        Assert.Equal(("b", 4), (load.Require().Model.Name, load.Require().Engine.MaxConcurrentRuns));
        Assert.Contains("// mine", disk.Current, StringComparison.Ordinal);
        Assert.Equal("{ // mine\n  \"model\": { \"name\": \"a\" }\n}\n", disk.LastGood);
        Assert.Equal(0, disk.Held);
    }

    [Fact]
    public void A_change_that_would_not_be_valid_writes_nothing()
    {
        var disk = new Disk { Current = "{}" };
        var refusal = Assert.Throws<ConfigRefusedException>(() => disk.Store.Change([To("output.thinking_mode", "\"always\""), To("shell.enable_exec", "true")]));
        Assert.Contains("shell.enable_exec needs a sandbox", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("{}", null, 0), (disk.Current, disk.LastGood, disk.Held));
    }

    [Fact]
    public void A_broken_file_is_not_edited_but_may_be_replaced_and_is_not_called_good()
    {
        var disk = new Disk { Current = "{\"modle\": 1}" };
        Assert.Throws<ConfigRefusedException>(() => disk.Store.Change([To("model.name", "\"b\"")]));
        Assert.Equal("{\"modle\": 1}", disk.Current);
        disk.Store.Replace(Encoding.UTF8.GetBytes(ConfigDefaults.InitialFile()));
        Assert.Equal(ConfigDefaults.InitialFile(), disk.Current);
        Assert.Null(disk.LastGood);
    }

    [Fact]
    public void A_dry_run_says_what_would_come_of_it_and_writes_nothing()
    {
        var disk = new Disk { Current = "{}" };
        Assert.Equal("b", disk.Store.Change([To("model.name", "\"b\"")], dryRun: true).Require().Model.Name);
        Assert.Equal("{}", disk.Current);
    }

    [Fact]
    public void Loading_never_writes_and_never_waits()
    {
        var disk = new Disk();
        Assert.False(disk.Store.Load().Exists);
        Assert.Equal((null, 0), (disk.Current, disk.Taken));
    }

    [Fact]
    public void A_change_makes_the_file_when_there_is_none()
    {
        var disk = new Disk();
        disk.Store.Change([To("model.name", "\"b\"")]);
        Assert.Equal("{\n  \"model\": {\n    \"name\": \"b\"\n  }\n}\n", disk.Current);
        Assert.Null(disk.LastGood);
    }
}
