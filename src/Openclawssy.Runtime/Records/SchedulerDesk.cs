using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Lists and changes jobs for one viewer.</summary>
/// <param name="maker">Who asks, as the journal names principals, outermost first: a job's runs never have more rights than its maker.</param>
/// <param name="agents">The agents there are.</param>
/// <param name="record">Called before each change, with what is about to be done; throws when it may not be.</param>
public sealed class SchedulerDesk(
    JobsFile file, Viewer viewer, IReadOnlyList<string> maker, ToolCatalog catalog, Func<IReadOnlyList<AgentId>> agents, TimeProvider clock, Ids ids, TimeZones zones, JobRecord record) : ISchedulerDesk
{
    /// <summary>More would be a mistake, or an agent that fills the disk.</summary>
    public const int MaxJobs = 1000;

    public const int MaxMessageLength = 32_768, MaxLabelLength = 128, MaxInputLength = 8_192;

    public (bool Paused, IReadOnlyList<JobView> Jobs) List() => Readable(() =>
    {
        var book = file.Read();
        var now = clock.GetUtcNow();
        return (book.Paused, (IReadOnlyList<JobView>)[.. book.Jobs.Where(job => viewer.Sees(job.Agent)).Select(job => ViewOf(job, now))]);
    });

    public JobView Add(NewJob job)
    {
        var added = Checked(job);
        var now = clock.GetUtcNow();
        return Readable(() =>
        {
            file.Change(book =>
            {
                var known = book.Find(added.Id);
                if (known is not null) viewer.DemandSight(known.Agent, $"job {added.Id}");
                if (known is not null && !job.Replace) throw Refuse("$.id", $"there is a job \"{added.Id}\"; choose another id, or say replace to change it");
                if (known is null && book.Jobs.Count >= MaxJobs) throw ToolException.Failed($"there are {MaxJobs} jobs, and no more are kept; remove one first");
                record(known is null ? "scheduler.added" : "scheduler.replaced", ("job_id", added.Id.ToString()), ("agent_id", added.Agent.ToString()), ("schedule", OneLine.Escape(added.Schedule, 200)));
                return book.With(added = known is null ? added with { CreatedAt = now } : Edited(known, added, now));
            });
            return ViewOf(added, now);
        });
    }

    public void Remove(JobId job) => ChangeJob(job, "scheduler.removed", (book, _) => book.Without(job));

    public void Switch(JobId? job, bool running)
    {
        var happened = running ? "scheduler.resumed" : "scheduler.paused";
        if (job is { } one) ChangeJob(one, happened, (book, known) => known.Enabled == running ? null : book.With(known with { Enabled = running }));
        else
        {
            viewer.DemandAdmin("the whole scheduler");
            Readable(() => file.Change(book =>
            {
                if (book.Paused != running) return null;
                record(happened);
                return book with { Paused = !running };
            }));
        }
    }

    void ChangeJob(JobId id, string happened, Func<JobBook, Job, JobBook?> change) => Readable(() => file.Change(book =>
    {
        // Another agent's job is answered as one that is not there: its name is nobody else's business.
        if (book.Find(id) is not { } known || !viewer.Sees(known.Agent)) throw Refuse("$.id", $"there is no job \"{id}\"");
        if (change(book, known) is not { } changed) return null;
        record(happened, ("job_id", id.ToString()), ("agent_id", known.Agent.ToString()));
        return changed;
    }));

    /// <summary>What is known of its runs stays; instants of a new schedule that have passed were never planned.</summary>
    static Job Edited(Job known, Job job, DateTimeOffset now)
    {
        var planned = job.Schedule != known.Schedule || job.TimeZone != known.TimeZone ? now : known.PlannedUntil;
        return job with
        {
            CreatedAt = known.CreatedAt ?? now,
            LastRun = known.LastRun,
            PlannedUntil = planned,
            LastResult = known.LastResult,
            Seen = job.When == known.When ? known.Seen : null,
            Unknown = known.Unknown,
        };
    }

    Job Checked(NewJob wanted)
    {
        var agent = wanted.Agent ?? viewer.Agent;
        viewer.DemandSight(agent, "a job");
        if (!agents().Contains(agent)) throw Refuse("$.agent_id", $"there is no agent \"{agent}\"; `openclawssy init -agent {agent}` makes one");
        var schedule = wanted.Schedule.Trim();
        if (schedule.Length is 0 or > 256) throw Refuse("$.schedule", "the schedule must have 1 to 256 characters");
        if (string.IsNullOrWhiteSpace(wanted.Message) || wanted.Message.Length > MaxMessageLength) throw Refuse("$.message", $"the message must have 1 to {MaxMessageLength} characters");
        // Nobody would ever bring a result to another one, and it would be kept for that for ever.
        if (wanted.Channel is { } channel && !ChannelNames.All.Contains(channel)) throw Refuse("$.channel", $"there is no channel \"{OneLine.Escape(channel, 64)}\"; there are {string.Join(" and ", ChannelNames.All)}");
        Label(wanted.User, "$.user_id");
        Label(wanted.Room, "$.room_id");
        if (wanted.Channel == ChannelNames.Discord)
        {
            Numbered(wanted.User, "$.user_id", "user");
            Numbered(wanted.Room, "$.room_id", "channel");
        }
        var job = new Job(wanted.Id ?? ids.NewJob(), schedule, agent, wanted.Message)
        {
            TimeZone = wanted.TimeZone,
            Enabled = wanted.Enabled,
            CatchUp = wanted.CatchUp,
            Overlap = wanted.Overlap,
            When = PrecheckOf(wanted.When),
            Channel = wanted.Channel,
            User = wanted.User,
            Room = wanted.Room,
            Session = wanted.Session,
            Maker = maker,
        };
        try { job.Plan(zones); }
        catch (FormatException wrong) { throw Refuse("$.schedule", wrong.Message); }
        return job;
    }

    static void Numbered(string? id, string path, string what)
    {
        if (id is not { Length: > 0 and <= 20 } || !id.All(char.IsAsciiDigit)) throw Refuse(path, $"for discord this is the number of a {what}: switch on Developer Mode in Discord and choose Copy ID");
    }

    Precheck? PrecheckOf((string Tool, string InputJson)? when)
    {
        if (when is not var (name, input)) return null;
        var tool = catalog.Find(name) ?? throw Refuse("$.when.tool", $"there is no tool \"{OneLine.Escape(name, 64)}\"");
        if (Effects.Of(tool.Reach) != Effect.PureRead) throw Refuse("$.when.tool", $"{tool.Name} does not only read, so it cannot say whether there is something to do");
        if (input.Length > MaxInputLength) throw Refuse("$.when.input", $"the input has more than {MaxInputLength} characters");
        tool.Parse(System.Text.Encoding.UTF8.GetBytes(input));
        return new(tool.Name, input);
    }

    static void Label(string? label, string field)
    {
        if (label is null) return;
        if (label.Length is 0 or > MaxLabelLength || OneLine.Escape(label) != label && label.Any(char.IsControl)) throw Refuse(field, $"it must have 1 to {MaxLabelLength} characters on one line");
    }

    JobView ViewOf(Job job, DateTimeOffset now)
    {
        string explained;
        DateTimeOffset? next = null;
        try
        {
            var plan = job.Plan(zones);
            (explained, next) = (plan.Explain(), job.NextRun(plan, now));
        }
        catch (FormatException wrong) { explained = $"never: {wrong.Message}"; }
        return new(job.Id, job.Schedule, explained, job.Agent, job.Message, job.Enabled, job.TimeZone, job.CatchUp, job.Overlap, job.When is { } when ? (when.Tool, when.InputJson) : null,
            job.Channel, job.User, job.Room, job.Session, job.Maker, job.LastRun, next,
            job.LastResult is { } last ? new(last.State, last.Instant, last.At, last.Run, last.Detail) : null);
    }

    static T Readable<T>(Func<T> act)
    {
        try { return act(); }
        catch (InvalidDataException broken) { throw ToolException.Failed(broken.Message, inner: broken); }
    }

    static ToolException Refuse(string field, string message) => ToolException.InvalidInput(message, field);
}

/// <summary>Writes down, durably, what is about to be done with jobs.</summary>
/// <exception cref="ToolException"><c>policy.denied</c>: the permission to do it is gone.</exception>
public delegate void JobRecord(string happened, params ReadOnlySpan<(string Name, string? Value)> payload);
