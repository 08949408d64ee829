using System.Globalization;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;
using Openclawssy.Tests.House;
using Openclawssy.Tests.Storage;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>Editors at the same time, and a scheduler that is killed at any moment (S38: no duplicate job).</summary>
public sealed class JobRaceTests : IDisposable
{
    readonly JobHouse house = new();
    public void Dispose() => house.Dispose();

    int Race(string command)
    {
        var (editors, each) = (3, Campaign.Scale(15, 150));
        Directory.CreateDirectory(Path.GetDirectoryName(house.JobsPath)!);
        File.WriteAllText(house.JobsPath, """{"jobs":[{"id":"first","schedule":"@every 1h"}]}""");
        Processes.Together(Enumerable.Range(0, editors).Select(i => (string[])[command, house.JobsPath, $"e{i}-", $"{each}"]));
        return editors * each + 1 - house.File.Read().Jobs.Count;
    }

    [Fact]
    public void Editors_at_the_same_time_lose_nothing() => Assert.Equal(0, Race("jobs-add"));

    [Fact]
    public void Editors_that_do_not_take_turns_would_lose_some() => Assert.True(Race("jobs-add-naively") > 0);

    [Fact]
    public void Killed_at_any_moment_no_instant_is_started_twice_and_jobs_go_on()
    {
        var random = new Random(Campaign.Seed);
        var started = Path.Combine(house.State.Path, "started");
        for (var i = 0; i < 4; i++) house.Put($"j{i}", $"@every {i + 1}s");
        house.Put("once", "2026-03-01T12:00:20Z");
        var now = house.Now;
        for (var round = 0; round < Campaign.Scale(8, 500); round++)
        {
            using var process = Dummy.Start("jobs-start-for-ever", house.State.Path[..^(Runtime.Storage.StateFolder.Name.Length + 1)], now.UtcTicks.ToString(CultureInfo.InvariantCulture), started);
            var lines = new List<string>();
            for (var looks = random.Next(1, 6); looks > 0; looks--) lines.Add(process.StandardOutput.ReadLine()!);
            Thread.SpinWait(random.Next(1, 3_000_000));
            process.Kill();
            lines.AddRange(process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            process.WaitForExit();
            Assert.Equal("", process.StandardError.ReadToEnd());
            now = new(long.Parse(lines[^1], CultureInfo.InvariantCulture), TimeSpan.Zero);
            // The clock of the next start may be anywhere.
            if (random.Next(3) == 0) now += TimeSpan.FromSeconds(random.Next(-20, 20));
        }
        var starts = File.ReadAllLines(started);
        Assert.Empty(starts.GroupBy(start => start).Where(start => start.Count() > 1).Select(start => $"{start.Key}, seed {Campaign.Seed}"));
        Assert.All(house.File.Read().Jobs.Where(job => job.Id.ToString() != "once"), job => Assert.Contains(starts, start => start.StartsWith($"{job.Id} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_it_is_not_known_whether_a_run_began_it_is_told_and_not_begun_again()
    {
        house.Put("a", "@every 1h");
        house.Put("b", "2026-03-01T12:00:00Z");
        var begun = 0;
        // The process dies in the middle of starting.
        DyingLoop(() => begun++).Look();
        Assert.Equal(2, begun);

        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, TimeSpan.FromMinutes(1));
        Assert.Empty(house.Asked);
        Assert.All(house.File.Read().Jobs, job => Assert.Equal(JobStates.Unknown, job.LastResult!.State));
        Assert.False(house["b"].Enabled);
        Assert.Empty(house.Ledger.Open());
    }

    [Fact]
    public void A_scheduler_that_notes_what_it_did_afterwards_would_begin_it_again()
    {
        var naive = new NaiveScheduler();
        var begun = 0;
        var plan = Schedule.Parse("@every 1h", null, TimeZoneNames.Find);
        Assert.Throws<TimeoutException>(() => naive.Look(plan, house.Now, house.Now, () =>
        {
            begun++;
            throw new TimeoutException("the process dies");
        }));
        naive.Look(plan, house.Now, house.Now, () => begun++);
        Assert.Equal(2, begun);
    }

    [Fact]
    public void A_run_that_was_at_work_when_the_program_ended_is_named()
    {
        house.EndsAtOnce = false;
        house.Put("a", "@every 1h");
        house.Loop().Look();
        Assert.Equal(JobStates.Running, house["a"].LastResult!.State);
        house.Loop().Look();
        Assert.Equal((JobStates.Unknown, RunId.Parse("run_1")), (house["a"].LastResult!.State, house["a"].LastResult!.Run!.Value));
    }

    SchedulerLoop DyingLoop(Action begun) => new(house.File, house.Ledger, () => house.Settings, async (_, _) =>
    {
        begun();
        await new TaskCompletionSource().Task;
        throw new InvalidOperationException("never");
    }, house.Clock, TimeZoneNames.Find, (_, problem) => throw problem);
}
