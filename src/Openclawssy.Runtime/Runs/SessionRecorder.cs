using System.Globalization;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Runs;

/// <summary>
/// Writes a run into its conversation: the person's message, each call with its result, the answer or the failure. A witness, so
/// nothing is acknowledged that the conversation does not hold. What looks like a credential is masked, as in everything kept
/// outside the run's own folder.
/// </summary>
sealed class SessionRecorder(Story story) : IJournalWitness
{
    /// <summary>Longest text of one message, in bytes.</summary>
    const int MaxBytes = 1024 * 1024;

    bool closed;
    SessionTurn? turn;

    /// <summary>
    /// From now on it writes. What the story has told by now is added first, and is on disk when this returns.
    /// </summary>
    /// <returns>What was said before, for the model.</returns>
    public async ValueTask<IReadOnlyList<ReplayedMessage>> TakeTurnAsync(SessionTurn turn)
    {
        var before = turn.Replay();
        this.turn = turn;
        if (story.First<RunCreated>() is not { } run) return before;
        var told = story.Entries.Select(entry => MessageOf(story, run, entry)).OfType<SessionMessage>().ToList();
        if (told.Count > 0) await turn.AppendAsync(told);
        return before;
    }

    public ValueTask<long> AppendAsync(RunCreated run, JournalEntry entry, CancellationToken cancellationToken)
    {
        // A run that ends before its turn came leaves nothing in the conversation, which another run may be writing.
        if (closed || turn is null || MessageOf(story, run, entry) is not { } message) return new(0);
        try { return new(turn.Append(message)); }
        catch (SessionException refused) when (refused.Code == SessionErrorCodes.Closed)
        {
            // A person closed it while the run went on: the run's own record goes on, the conversation does not.
            closed = true;
            return new(0);
        }
    }

    public void BeginSync() => turn?.BeginSync();

    public ValueTask SyncAsync(long position, CancellationToken cancellationToken) => turn?.SyncAsync(position) ?? default;

    /// <summary>Not for a turn: a run that died has none any more. See <see cref="CatchUpAsync(SessionStore, Story)"/>.</summary>
    public ValueTask CatchUpAsync(RunCreated run, IReadOnlyList<JournalEntry> story, CancellationToken cancellationToken) => default;

    /// <summary>Adds what a conversation lacks of a run that has ended. Nothing is added twice, and a closed or vanished conversation stays as it is.</summary>
    public static async Task CatchUpAsync(SessionStore sessions, Story story)
    {
        if (story.First<RunCreated>() is not { SessionId: { } text } run || !SessionId.TryParse(text, out var id) || !AgentId.TryParse(run.AgentId, out var agent)) return;
        if (sessions.Find(agent, id) is not { IsClosed: false }) return;
        // The run held the conversation's turn until it died, so its messages are the last ones.
        var there = sessions.ReadRecent(agent, id).Messages.Where(message => message.RunId == run.RunId).Select(message => (message.Role, message.ToolCallId)).ToHashSet();
        var missing = story.Entries.Select(entry => MessageOf(story, run, entry)).OfType<SessionMessage>().Where(message => !there.Contains((message.Role, message.ToolCallId))).ToList();
        if (missing.Count > 0) await sessions.AppendAsync(agent, id, missing);
    }

    /// <summary>What a conversation says of an event; null for most.</summary>
    static SessionMessage? MessageOf(Story story, RunCreated run, JournalEntry entry) => entry.Event switch
    {
        RunCreated created => new(SessionRoles.User, Kept(created.Message), entry.Ts, run.RunId),
        ToolAnswered result => ToolMessageOf(story, result).ToMessage(result.CompletedAt, run.RunId),
        RunEnded end when Kept(TextOf(story, end)) is { Length: > 0 } text => new(SessionRoles.Assistant, text, entry.Ts, run.RunId),
        _ => null,
    };

    static ToolMessage ToolMessageOf(Story story, ToolAnswered result)
    {
        var request = story.Entries.Select(told => told.Event).OfType<ToolRequested>().LastOrDefault(asked => asked.CallId == result.CallId);
        return new(
            result.Tool, result.CallId, Masked(result.Summary ?? ""), Masked(Truncation.Chars(story.OutputOf(result), ToolMessage.MaxOutput)),
            result.Error is null ? "" : Masked($"{result.Error.Code} ({result.Tool}): {result.Error.Message}"), result.Error?.Code ?? "", Masked(result.Error?.Message ?? ""),
            request is null ? "" : Masked(Truncation.Chars(story.InputOf(request), ToolMessage.MaxArguments)));
    }

    /// <summary>The answer; for a run that has none, what happened and what a person can do.</summary>
    static string TextOf(Story story, RunEnded end)
    {
        var output = story.OutputOf(end);
        if (end.State is RunStates.Completed or RunStates.NeedsInput) return output;
        var what = string.Create(CultureInfo.InvariantCulture,
            $"[this run ended as {end.State}{(end.Reason is null ? "" : $" ({end.Reason})")} and needs your attention: {end.Error ?? "no reason was recorded"}. Ask again, ask for less, or change what stood in the way.]");
        return output.Length == 0 ? what : $"{output}\n\n{what}";
    }

    static string Kept(string text) => Masked(Truncation.Bytes(text, MaxBytes));

    static string Masked(string text) => Redactor.Redact(text).Text;
}
