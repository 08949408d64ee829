using Microsoft.Extensions.Time.Testing;
using Openclawssy.Index;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.TestKit;

namespace Openclawssy.Tests.Scheduling;

/// <summary>A state folder with jobs, the real ledger, and runs that a test lets end.</summary>
sealed class JobHouse : IDisposable
{
    readonly TempFolder folder = new();

    public JobHouse()
    {
        State = StateFolder.Create(folder.Path);
        DurableFile.EnsureFolder(State.ProcessesFolder);
        File = JobsFile.In(State);
        Ledger = new PlannedInstants(new(new(State, null)));
    }

    public StateFolder State { get; }
    public string JobsPath => State.Of("scheduler", "jobs.json");
    public string DatabasePath => State.Of("state.db");
    public JobsFile File { get; }
    public IPlannedInstants Ledger { get; set; }
    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    public SchedulerConfig Settings { get; set; } = new();
    public List<string> Reported { get; } = [];

    /// <summary>What was asked to run, in order.</summary>
    public List<JobOccurrence> Asked { get; } = [];

    /// <summary>Runs that are at work.</summary>
    public Dictionary<string, TaskCompletionSource<string>> AtWork { get; } = [];

    /// <summary>What the next asked ones get instead of a run.</summary>
    public Queue<JobStart> Answers { get; } = [];

    /// <summary>Whether runs end at once.</summary>
    public bool EndsAtOnce { get; set; } = true;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public IEnumerable<string> Instants => Asked.Select(asked => $"{asked.Job.Id} {asked.Instant:HH:mm:ss}");

    public SchedulerLoop Loop() => new(File, Ledger, () => Settings, Start, Clock, TimeZoneNames.Find, (where, problem) => Reported.Add($"{where}: {problem.Message}"));

    ValueTask<JobStart> Start(JobOccurrence occurrence, CancellationToken cancellationToken)
    {
        Asked.Add(occurrence);
        if (Answers.TryDequeue(out var answer)) return new(answer);
        var run = RunId.Parse($"run_{Asked.Count}");
        if (EndsAtOnce) return new(new JobStart.Started(run, Task.FromResult("completed")));
        var ended = new TaskCompletionSource<string>();
        AtWork[$"{occurrence.Job.Id}"] = ended;
        return new(new JobStart.Started(run, ended.Task));
    }

    public void End(string job, string state = "completed")
    {
        AtWork.Remove(job, out var ended);
        ended!.SetResult(state);
    }

    public Job Put(string id, string schedule, Func<Job, Job>? more = null)
    {
        var job = new Job(JobId.Parse(id), schedule, AgentId.Parse("default"), $"message of {id}") { CreatedAt = Now, Maker = ["operator"] };
        job = more?.Invoke(job) ?? job;
        File.Change(book => book.With(job));
        return job;
    }

    public void Edit(string id, Func<Job, Job> change) => File.Change(book => book.With(change(book.Find(JobId.Parse(id))!)));

    public Job this[string id] => File.Read().Find(JobId.Parse(id))!;

    /// <summary>Looks each second for that long.</summary>
    public void Pass(SchedulerLoop loop, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            loop.Look();
        }
    }

    /// <summary>Puts the clock somewhere else, also back.</summary>
    public void PutClock(TimeSpan by) => Clock.AdjustTime(Now + by);

    public void Dispose() => folder.Dispose();
}
