using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class JobsFileTests : IDisposable
{
    readonly JobHouse house = new();
    public void Dispose() => house.Dispose();

    void Written(string json)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(house.JobsPath)!);
        File.WriteAllText(house.JobsPath, json);
    }

    [Fact]
    public void What_is_put_is_read_again_whole()
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1);
        var job = house.Put("a", "0 9 * * 1-5", made => made with
        {
            TimeZone = "Europe/Berlin",
            Enabled = false,
            CatchUp = false,
            Overlap = true,
            When = new("fs.list", "{\"path\":\"inbox\"}"),
            Channel = "discord",
            User = "ü \"1\"",
            Room = "r",
            Session = SessionId.Parse("chat_1"),
            Maker = ["user:dashboard/x", "agent:default"],
            LastRun = at,
            PlannedUntil = at,
            LastResult = new("failed", at, at, RunId.Parse("run_1"), "why"),
            Seen = "d",
        });
        var read = house["a"];
        Assert.Equal(job.Maker, read.Maker);
        Assert.Equal(job with { Maker = [], Unknown = [] }, read with { Maker = [], Unknown = [] });
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(house.JobsPath), 8));
    }

    [Fact]
    public void Records_of_the_earlier_program_are_read_and_what_is_unknown_is_kept()
    {
        Written("""{"paused":true,"theme":{"a":[1]},"jobs":[{"id":"j1","schedule":"@every 1h","agentID":"","message":"hi","channel":"dashboard","user_id":"u","room_id":"r","session_id":"","enabled":true,"lastRun":"2026-02-19T20:00:00Z","jitter":"5s"}]}""");
        var job = house["j1"];
        Assert.Equal(("default", new(2026, 2, 19, 20, 0, 0, TimeSpan.Zero), null), (job.Agent.ToString(), job.LastRun, job.Session));
        Assert.True(house.File.Read().Paused);
        house.Edit("j1", known => known with { Message = "new" });
        var text = File.ReadAllText(house.JobsPath);
        Assert.Contains("\"jitter\": \"5s\"", text, StringComparison.Ordinal);
        Assert.Contains("\"theme\"", text, StringComparison.Ordinal);
        Assert.Equal("new", house["j1"].Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{}")]
    [InlineData("""{"jobs":null}""")]
    public void No_file_and_an_empty_one_mean_no_jobs(string content)
    {
        Assert.Empty(house.File.Read().Jobs);
        Written(content);
        Assert.Empty(house.File.Read().Jobs);
    }

    [Theory]
    [InlineData("{\n  \"jobs\": [,]\n}", "line 2")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h"}]} x""", "line 1")]
    [InlineData("[]", "$ must be an object")]
    [InlineData("""{"jobs":{}}""", "$.jobs must be a list")]
    [InlineData("""{"jobs":[{"schedule":"@every 1h"}]}""", "$.jobs[0] has no \"id\"")]
    [InlineData("""{"jobs":[{"id":"../x","schedule":"@every 1h"}]}""", "$.jobs[0].id")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h","agentID":"../../x"}]}""", "$.jobs[0].agentID")]
    [InlineData("""{"jobs":[{"id":"a","schedule":7}]}""", "$.jobs[0].schedule")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h","enabled":"yes"}]}""", "$.jobs[0].enabled")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h","lastRun":"yesterday"}]}""", "$.jobs[0].lastRun")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h"},{"id":"a","schedule":"@every 1h"}]}""", "listed twice")]
    [InlineData("""{"jobs":[{"id":"a","id":"b","schedule":"@every 1h"}]}""", "uplicate")]
    [InlineData("""{"jobs":[{"id":"a","schedule":"@every 1h","when":{"input":{}}}]}""", "$.jobs[0].when has no \"tool\"")]
    public void What_cannot_be_understood_is_refused_with_its_place_and_never_overwritten(string content, string place)
    {
        Written(content);
        Assert.Contains(place, Assert.Throws<InvalidDataException>(() => house.File.Read()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => house.File.Change(book => book with { Paused = true }));
        Assert.Equal(content, File.ReadAllText(house.JobsPath));
    }
}
