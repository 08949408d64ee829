using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Channels;

/// <summary>
/// Turns a job whose time has come into a run: with the rights its makers and its agent share, in the conversation it names, and only
/// when its precheck found something to do.
/// </summary>
/// <param name="agents">The agents there are.</param>
/// <param name="isActive">Whether an agent may run, now.</param>
public sealed class ScheduledRuns(RunQueue queue, SessionStore sessions, Func<IReadOnlyList<AgentId>> agents, Func<AgentId, bool> isActive)
{
    /// <summary>Begins the source of every run a job makes; the channel its answer goes to follows.</summary>
    public const string Source = "scheduler";

    /// <summary>Source of the run that makes a precheck's call.</summary>
    public const string PrecheckSource = "scheduler.when";

    public async ValueTask<JobStart> StartAsync(JobOccurrence occurrence, CancellationToken cancellationToken)
    {
        var job = occurrence.Job;
        if (!agents().Contains(job.Agent)) return new JobStart.Refused(ChatErrorCodes.AgentNotFound, $"there is no agent \"{job.Agent}\"");
        if (!isActive(job.Agent)) return new JobStart.Refused(ChatErrorCodes.AgentInactive, $"agent \"{job.Agent}\" is switched off");
        Authority authority;
        try { authority = Authority.MadeBy(job.Maker, job.Agent); }
        catch (FormatException unknown) { return new JobStart.Refused("job.maker_unknown", unknown.Message); }
        try
        {
            string? seen = null;
            if (job.When is { } when)
            {
                var look = await queue.TakeAsync(RequestOf(job, when.Message, PrecheckSource, authority, null), cancellationToken);
                var found = await look.Ended.WaitAsync(cancellationToken);
                if (found.State != RunStates.Completed) return new JobStart.Refused(found.Reason ?? found.State, $"its precheck did not work: {found.Error}");
                if (!Precheck.HasChanged(found.Output, job.Seen)) return new JobStart.Skipped($"{when.Tool} answers as it did before");
                seen = Precheck.Digest(found.Output);
            }
            var run = await queue.TakeAsync(RequestOf(job, job.Message, job.Channel is { } channel ? $"{Source}/{channel}" : Source, authority, ConversationOf(job)), cancellationToken);
            return new JobStart.Started(run.Run, StateOfAsync(run), seen);
        }
        catch (QueueFullException full) { return new JobStart.QueueFull(full.RetryAfter); }
        // Nothing was written; the next start tries it again.
        catch (IntakeClosedException) { return new JobStart.QueueFull(RunQueue.RetryAfter); }
        catch (SessionException refused) { return new JobStart.Refused(refused.Code, refused.Message); }
    }

    static async Task<string> StateOfAsync(AcceptedRun run) => (await run.Ended).State;

    static RunRequest RequestOf(Job job, string message, string source, Authority authority, SessionId? session) =>
        new(job.Agent, message, source, authority, new(job.Maker is [] or ["operator"] ? "operator" : "agent", $"{Source}/{job.Id}"), Session: session);

    /// <summary>The conversation the job names, while it is open; else the one that goes on in its place, or a new one there. A job of no channel has none.</summary>
    SessionId? ConversationOf(Job job)
    {
        if (job.Session is { } named && sessions.Find(job.Agent, named) is { IsClosed: false }) return named;
        if (job.Channel is not { } channel) return null;
        var place = new SessionPlace(channel, job.User ?? $"{channel}_user", job.Room ?? channel);
        if (sessions.Active.Session(job.Agent, place) is { } active) return active;
        var session = sessions.Create(job.Agent, place).Id;
        sessions.Active.SetSession(job.Agent, session);
        return session;
    }
}
