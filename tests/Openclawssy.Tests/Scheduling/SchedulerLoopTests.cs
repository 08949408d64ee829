using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;
using Xunit;

namespace Openclawssy.Tests.Scheduling;

public sealed class SchedulerLoopTests : IDisposable
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    readonly JobHouse house = new();
    public void Dispose() => house.Dispose();

    [Fact]
    public void A_due_job_runs_once_with_what_it_says()
    {
        house.Put("a", "@every 1h", job => job with { Channel = "dashboard", User = "u", Room = "r", Session = SessionId.Parse("chat_1") });
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, Minute);

        var asked = Assert.Single(house.Asked);
        Assert.Equal(("default", "message of a", "dashboard", "u", "r", "chat_1"), (asked.Job.Agent.ToString(), asked.Job.Message, asked.Job.Channel, asked.Job.User, asked.Job.Room, asked.Job.Session.ToString()));
        Assert.Equal(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), house["a"].LastRun);
        Assert.Equal(("completed", "run_1"), (house["a"].LastResult!.State, house["a"].LastResult!.Run.ToString()));
    }

    [Fact]
    public void An_interval_comes_on_its_grid()
    {
        house.Put("a", "@every 10s");
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, Minute);
        Assert.Equal(["a 12:00:00", "a 12:00:10", "a 12:00:20", "a 12:00:30", "a 12:00:40", "a 12:00:50", "a 12:01:00"], house.Instants);
    }

    [Fact]
    public void A_cron_expression_comes_when_it_says()
    {
        house.Put("a", "*/15 * * * *");
        var loop = house.Loop();
        loop.Look();
        Assert.Empty(house.Asked);
        house.Pass(loop, Hour);
        Assert.Equal(["a 12:15:00", "a 12:30:00", "a 12:45:00", "a 13:00:00"], house.Instants);
    }

    [Fact]
    public void One_instant_runs_once_and_is_over_across_starts()
    {
        house.Put("a", "2026-03-01T12:00:30Z");
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, Minute);
        Assert.False(house["a"].Enabled);
        for (var i = 0; i < 3; i++)
        {
            // Switched on again it stays over.
            house.Edit("a", job => job with { Enabled = true });
            loop = house.Loop();
            loop.Look();
            house.Pass(loop, Minute);
        }
        Assert.Equal(["a 12:00:30"], house.Instants);
    }

    [Fact]
    public void What_was_missed_is_made_up_for_by_one_run()
    {
        house.Put("every", "@every 1m");
        house.Put("cron", "*/5 * * * *");
        house.Put("once", "2026-03-01T14:00:00Z");
        house.Loop().Look();
        house.Asked.Clear();
        house.PutClock(5 * Hour + 30 * Second);

        var loop = house.Loop();
        loop.Look();
        Assert.Equal(["once 14:00:00", "cron 17:00:00", "every 17:00:00"], house.Instants);
        Assert.False(house["once"].Enabled);
        house.Pass(loop, 2 * Minute);
        Assert.Equal(["every 17:01:00", "every 17:02:00"], house.Instants.Skip(3));
    }

    [Fact]
    public void Without_catching_up_what_was_missed_is_passed_over_and_the_next_comes()
    {
        house.Settings = new() { CatchUp = false };
        house.Put("every", "@every 1m");
        house.Put("once", "2026-03-01T14:00:00Z");
        house.Put("makes-up", "@every 1h", job => job with { CatchUp = true });
        house.Loop().Look();
        Assert.Equal(2, house.Asked.Count);
        house.Asked.Clear();
        house.PutClock(5 * Hour + 30 * Second);

        var loop = house.Loop();
        loop.Look();
        Assert.Equal(["makes-up 17:00:00"], house.Instants);
        Assert.Equal((false, JobStates.Missed), (house["once"].Enabled, house["once"].LastResult!.State));
        Assert.Equal(new(2026, 3, 1, 17, 0, 0, TimeSpan.Zero), house["every"].PlannedUntil);
        house.Pass(loop, Minute);
        Assert.Equal(["every 17:01:00"], house.Instants.Skip(1));
    }

    [Fact]
    public void A_job_that_never_ran_begins_at_once_without_catching_up_too()
    {
        house.Settings = new() { CatchUp = false };
        house.Put("a", "@every 24h");
        house.PutClock(Minute);
        house.Loop().Look();
        Assert.Equal(["a 12:00:00"], house.Instants);
    }

    [Fact]
    public void Up_to_so_many_jobs_are_at_work_and_all_get_their_turn()
    {
        house.EndsAtOnce = false;
        for (var i = 0; i < 24; i++) house.Put($"j{i:00}", "@every 24h");
        var loop = house.Loop();
        loop.Look();
        for (var round = 1; round <= 6; round++)
        {
            Assert.Equal(4, house.AtWork.Count);
            Assert.Equal(4 * round, house.Asked.Count);
            // Counted until they end, not until they are queued.
            house.Pass(loop, 5 * Second);
            Assert.Equal(4, house.AtWork.Count);
            foreach (var job in house.AtWork.Keys.ToList()) house.End(job);
            loop.Look();
        }
        loop.Look();
        Assert.Equal(24, house.Asked.Select(asked => asked.Job.Id).Distinct().Count());
        Assert.All(house.File.Read().Jobs, job => Assert.NotNull(job.LastRun));
    }

    [Fact]
    public void A_job_does_not_begin_while_it_is_at_work_unless_it_may()
    {
        house.EndsAtOnce = false;
        house.Put("alone", "@every 10s");
        house.Put("side-by-side", "@every 10s", job => job with { Overlap = true });
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, 25 * Second);
        Assert.Equal(["alone 12:00:00", "side-by-side 12:00:00", "side-by-side 12:00:10", "side-by-side 12:00:20"], house.Instants);
        house.End("alone");
        loop.Look();
        // However many passed meanwhile, one makes up for them.
        Assert.Equal("alone 12:00:20", house.Instants.Last());
    }

    [Fact]
    public void Without_catching_up_instants_that_passed_while_it_was_at_work_are_left_out()
    {
        house.EndsAtOnce = false;
        house.Put("a", "@every 10s", job => job with { CatchUp = false });
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, 25 * Second);
        house.End("a", "failed");
        loop.Look();
        Assert.Equal("failed", house["a"].LastResult!.State);
        house.Pass(loop, 10 * Second);
        Assert.Equal(["a 12:00:00", "a 12:00:30"], house.Instants);
    }

    [Fact]
    public void What_a_full_queue_refused_is_tried_again_and_not_lost()
    {
        house.Put("a", "2026-03-01T12:00:10Z");
        house.Put("b", "@every 1h", job => job with { CatchUp = false });
        for (var i = 0; i < 3; i++) house.Answers.Enqueue(new JobStart.QueueFull(3 * Second));
        var loop = house.Loop();
        loop.Look();
        Assert.Equal(JobStates.Waiting, house["b"].LastResult!.State);
        Assert.True(house["a"].Enabled);
        house.Pass(loop, Minute);
        Assert.Equal(["completed", "completed"], house.File.Read().Jobs.Select(job => job.LastResult!.State));
        Assert.Equal([("a", "12:00:10"), ("b", "12:00:00")], house.Asked.Select(asked => (asked.Job.Id.ToString(), $"{asked.Instant:HH:mm:ss}")).Distinct().Order());
        Assert.Equal(5, house.Asked.Count);
    }

    [Fact]
    public void What_a_full_queue_refused_is_tried_again_by_the_next_start()
    {
        house.Put("a", "2026-03-01T12:00:10Z", job => job with { CatchUp = false });
        house.Answers.Enqueue(new JobStart.QueueFull(Hour));
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, 20 * Second);
        house.PutClock(Day);
        loop = house.Loop();
        loop.Look();
        Assert.Equal(["a 12:00:10", "a 12:00:10"], house.Instants);
        Assert.Equal("completed", house["a"].LastResult!.State);
        Assert.False(house["a"].Enabled);
    }

    [Fact]
    public void What_waits_is_dropped_with_its_job()
    {
        house.Put("a", "2026-03-01T12:00:10Z");
        house.Answers.Enqueue(new JobStart.QueueFull(5 * Second));
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, 10 * Second);
        house.File.Change(book => book.Without(JobId.Parse("a")));
        house.Pass(loop, Minute);
        Assert.Single(house.Asked);
        Assert.Empty(house.Ledger.Open());
    }

    [Fact]
    public void Paused_nothing_begins_and_a_resume_makes_up_once()
    {
        house.Put("a", "@every 10s");
        house.Put("b", "@every 10s", job => job with { CatchUp = false });
        house.File.Change(book => book with { Paused = true });
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, 35 * Second);
        Assert.Empty(house.Asked);
        house.File.Change(book => book with { Paused = false });
        loop.Look();
        // One that never ran begins at once; a restart in the pause changes nothing.
        Assert.Equal(["a 12:00:30", "b 12:00:30"], house.Instants);
        house.File.Change(book => book with { Paused = true });
        house.Pass(loop, 35 * Second);
        loop = house.Loop();
        loop.Look();
        house.File.Change(book => book with { Paused = false });
        loop.Look();
        Assert.Equal(["a 12:01:10"], house.Instants.Skip(2));
        house.Pass(loop, 10 * Second);
        Assert.Equal(["a 12:01:20", "b 12:01:20"], house.Instants.Skip(3));
    }

    [Fact]
    public void One_job_is_paused_and_stays_so_across_starts()
    {
        house.Put("a", "@every 10s", job => job with { Enabled = false });
        house.Put("b", "@every 10s");
        var loop = house.Loop();
        loop.Look();
        loop = house.Loop();
        house.Pass(loop, 10 * Second);
        Assert.Equal(["b 12:00:00", "b 12:00:10"], house.Instants);
        house.Edit("a", job => job with { Enabled = true, CatchUp = true });
        house.Pass(loop, 10 * Second);
        Assert.Contains("a 12:00:10", house.Instants);
    }

    [Fact]
    public void A_job_that_another_process_adds_is_seen_within_a_second_and_none_is_lost()
    {
        house.EndsAtOnce = false;
        house.Put("a", "@every 1h");
        var loop = house.Loop();
        loop.Look();
        house.Put("b", "@every 1h");
        house.End("a");
        house.Pass(loop, Second);
        Assert.Equal(["a", "b"], house.File.Read().Jobs.Select(job => job.Id.ToString()));
        Assert.Equal(2, house.Asked.Count);
    }

    [Fact]
    public void Refused_and_skipped_instants_are_done_with_and_say_why()
    {
        house.Put("a", "2026-03-01T12:00:00Z");
        house.Put("b", "@every 1h", job => job with { Seen = "before" });
        house.Answers.Enqueue(new JobStart.Refused("agent.unknown", "there is no agent \"default\""));
        house.Answers.Enqueue(new JobStart.Skipped("nothing changed"));
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, Minute);
        Assert.Equal(2, house.Asked.Count);
        Assert.Equal((JobStates.Refused, "agent.unknown: there is no agent \"default\"", false), (house["a"].LastResult!.State, house["a"].LastResult!.Detail, house["a"].Enabled));
        Assert.Equal((JobStates.Skipped, "nothing changed", null, "before"), (house["b"].LastResult!.State, house["b"].LastResult!.Detail, house["b"].LastRun, house["b"].Seen));
    }

    [Fact]
    public void What_a_precheck_saw_is_kept_with_the_run()
    {
        house.Put("a", "@every 1h");
        house.Answers.Enqueue(new JobStart.Started(RunId.Parse("run_9"), Task.FromResult("completed"), "digest"));
        house.Loop().Look();
        Assert.Equal("digest", house["a"].Seen);
        Assert.True(Precheck.HasChanged("x", null));
        Assert.True(Precheck.HasChanged("x", Precheck.Digest("y")));
        Assert.False(Precheck.HasChanged("x", Precheck.Digest("x")));
        Assert.Equal("/tool fs.list {\"path\":\"inbox\"}", new Precheck("fs.list", "{\"path\":\"inbox\"}").Message);
    }

    [Fact]
    public void A_starter_that_fails_is_told_and_not_asked_again_for_that_instant()
    {
        house.Put("a", "@every 1h");
        var loop = new SchedulerLoop(house.File, house.Ledger, () => house.Settings, (_, _) => throw new InvalidOperationException("broken"), house.Clock, TimeZoneNames.Find, (where, problem) => house.Reported.Add(problem.Message));
        loop.Look();
        house.Pass(loop, Minute);
        Assert.Equal(["broken"], house.Reported);
        Assert.Equal(JobStates.Failed, house["a"].LastResult!.State);
    }

    [Fact]
    public void A_schedule_this_machine_does_not_understand_never_runs_and_is_told()
    {
        house.Put("a", "0 9 * * *", job => job with { TimeZone = "Europe/Atlantis" });
        house.Put("b", "@every 1h");
        var loop = house.Loop();
        loop.Look();
        house.Pass(loop, Minute);
        Assert.Equal(["b 12:00:00"], house.Instants);
        Assert.Contains("Atlantis", Assert.Single(house.Reported), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_starts_nothing_and_is_left_alone()
    {
        house.Put("a", "@every 10s");
        var loop = house.Loop();
        loop.Look();
        var good = File.ReadAllText(house.JobsPath);
        File.WriteAllText(house.JobsPath, good[..^20]);
        house.Pass(loop, Minute);
        Assert.Single(house.Asked);
        Assert.Equal(good[..^20], File.ReadAllText(house.JobsPath));
        Assert.Contains("not valid", Assert.Single(house.Reported), StringComparison.Ordinal);
        File.WriteAllText(house.JobsPath, good);
        house.Pass(loop, Second);
        Assert.Equal(2, house.Asked.Count);
    }

    [Fact]
    public void A_ledger_that_cannot_be_kept_starts_nothing_and_loses_nothing()
    {
        var real = house.Ledger;
        var broken = new BrokenLedger(real);
        house.Ledger = broken;
        house.Put("a", "2026-03-01T12:00:10Z");
        var loop = house.Loop();
        loop.Look();
        broken.IsBroken = true;
        house.Pass(loop, 30 * Second);
        Assert.Empty(house.Asked);
        Assert.Single(house.Reported);
        broken.IsBroken = false;
        house.Pass(loop, Second);
        Assert.Equal(["a 12:00:10"], house.Instants);
    }

    [Fact]
    public async Task It_sleeps_wakes_for_what_is_due_and_ends_when_it_is_told()
    {
        var clock = new House.SignallingClock();
        house.Put("a", "@every 1h");
        var asked = new TaskCompletionSource();
        var loop = new SchedulerLoop(house.File, house.Ledger, () => house.Settings, (occurrence, _) =>
        {
            if (occurrence.Instant > clock.Start) asked.SetResult();
            return new(new JobStart.Started(RunId.Parse("run_1"), Task.FromResult("completed")));
        }, clock, TimeZoneNames.Find, (_, problem) => throw problem);
        using var stop = new CancellationTokenSource();
        var work = Task.Run(() => loop.RunAsync(stop.Token), TestContext.Current.CancellationToken);
        await clock.PassAsync(asked.Task);
        await stop.CancelAsync();
        await work;
        Assert.True(clock.GetUtcNow() - clock.Start >= Hour);
    }

    /// <summary>Refuses everything while it is broken.</summary>
    sealed class BrokenLedger(IPlannedInstants real) : IPlannedInstants
    {
        public bool IsBroken { get; set; }

        IPlannedInstants Real => IsBroken ? throw new IOException("the disk is full") : real;

        public bool TryClaim(JobId job, DateTimeOffset instant) => Real.TryClaim(job, instant);
        public void PutBack(JobId job, DateTimeOffset instant) => Real.PutBack(job, instant);
        public void Settle(JobId job, DateTimeOffset instant, RunId? run) => Real.Settle(job, instant, run);
        public IReadOnlyList<OpenInstant> Open() => Real.Open();
    }
}
