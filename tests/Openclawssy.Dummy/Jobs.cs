using System.Text;
using Openclawssy;
using Openclawssy.Index;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

/// <summary>Editors of jobs, and a scheduler to be killed.</summary>
static class Jobs
{
    public static int Add(string path, string prefix, int count)
    {
        var file = new JobsFile(path);
        for (var i = 0; i < count; i++) file.Change(book => book.With(new(JobId.Parse($"{prefix}{i}"), "@every 1h", AgentId.Parse("default"), "hello")));
        return 0;
    }

    /// <summary>Reads, adds and replaces, each of them sound, but not alone.</summary>
    public static int AddNaively(string path, string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var text = Encoding.UTF8.GetString(DurableFile.ReadOrNull(path, JobsFile.MaxBytes)!);
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(text.Replace("\"jobs\":[", $"\"jobs\":[{{\"id\":\"{prefix}{i}\",\"schedule\":\"@every 1h\"}},", StringComparison.Ordinal)));
        }
        return 0;
    }

    /// <summary>A scheduler whose seconds pass at each look. A start is a durable line; then its time is said.</summary>
    public static int StartForEver(string root, long begin, string started)
    {
        var state = StateFolder.Open(root);
        var clock = new QuickClock(new(begin, TimeSpan.Zero));
        using var lines = AppendFile.OpenOrCreate(started);
        var number = 0;
        var loop = new SchedulerLoop(JobsFile.In(state), new PlannedInstants(new(new(state, null))), () => new(), (occurrence, _) =>
        {
            // Now and then there is no place, so that what is put back is in the story too.
            if (++number % 5 == 0) return new(new JobStart.QueueFull(TimeSpan.FromSeconds(1)));
            lines.Sync(lines.Append(Encoding.UTF8.GetBytes($"{occurrence.Job.Id} {occurrence.Instant.UtcTicks}\n")));
            return new(new JobStart.Started(RunId.Parse($"run_{number}"), Task.FromResult("completed")));
        }, clock, TimeZoneNames.Find, (where, problem) => Console.Error.WriteLine($"{where}: {problem.Message}"));
        while (true)
        {
            loop.Look();
            Console.WriteLine(clock.Now.UtcTicks);
            clock.Now += TimeSpan.FromSeconds(1);
        }
    }

    sealed class QuickClock(DateTimeOffset begin) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = begin;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
