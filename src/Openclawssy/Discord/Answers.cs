using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Brings what is owed: follows the run to its end however long it takes, shows how it goes, and says the answer once. It gives up
/// only where Discord says that there is no such place, or that the bot may not speak there.
/// </summary>
/// <param name="thinking">When thinking is shown where a message says nothing about it.</param>
sealed class Answers(
    DiscordApi api, RunFeed feed, IDiscordLedger ledger, RunStops stops, Func<ThinkingMode> thinking, TimeProvider clock, Randomness chance, DiscordPatience patience, Action<string, Exception> report)
{
    /// <summary>How long a progress message stays as it is when no tool is done.</summary>
    const int QuietSteps = 5;

    readonly Backoff backoff = new(patience.FirstRedelivery, patience.LongestRedelivery, chance);

    /// <exception cref="DiscordStoppedException">The token is not valid any more; what is owed stays owed.</exception>
    public async Task BringAsync(Owed owed, CancellationToken cancellationToken)
    {
        var text = owed.Text;
        if (text is null && owed.Run is { } run)
            (text, owed) = owed.For == OwedFor.Job ? (await EndOfAsync(run, thinking(), new(clock), cancellationToken), owed) : await FollowAsync(owed, run, cancellationToken);
        await SayAsync(owed, AnswerShape.Of(text ?? AnswerText.Interrupted), cancellationToken);
        stops.Forget(owed.Id);
        stops.Forget(owed.Progress);
        await FinishAsync(owed, cancellationToken);
    }

    async Task<(string Text, Owed Owed)> FollowAsync(Owed owed, RunId run, CancellationToken cancellationToken)
    {
        stops.Know(owed.Id, run, owed.User);
        if (owed.Progress is { } message) stops.Know(message, run, owed.User);
        var note = new ProgressNote(clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var showing = ShowAsync(owed, run, note, over.Token, cancellationToken);
        string text;
        try { text = await EndOfAsync(run, owed.Thinking ?? thinking(), note, cancellationToken); }
        finally
        {
            await over.CancelAsync();
            // The answer never races with a progress message that is still on its way.
            owed = await showing;
        }
        return (text, owed);
    }

    /// <summary>What a run's end says, once it has one.</summary>
    async Task<string> EndOfAsync(RunId run, ThinkingMode mode, ProgressNote note, CancellationToken cancellationToken)
    {
        try
        {
            // Named before it was taken in, and then the process died.
            if (!feed.HasBegun(run)) return AnswerText.Interrupted;
            await foreach (var happened in feed.FollowAsync(run, 0, mode, cancellationToken))
            {
                note.See(happened);
                if (happened.IsTerminal) return AnswerText.Of(happened);
            }
            return AnswerText.Interrupted;
        }
        catch (FeedException gone) { return gone.Code == FeedException.RunNotFound ? AnswerText.Interrupted : AnswerText.NotKept; }
        catch (Exception problem) when (problem is IOException or ChainBrokenException)
        {
            report($"{run} cannot be followed", problem);
            return AnswerText.NotKept;
        }
    }

    /// <summary>Types, and keeps one message up to date, until it is over. What fails here is not missed, whatever it is: the answer finds its own way.</summary>
    async Task<Owed> ShowAsync(Owed owed, RunId run, ProgressNote note, CancellationToken over, CancellationToken cancellationToken)
    {
        var (began, changed, shown, quiet) = (clock.GetTimestamp(), clock.GetTimestamp(), 0, 0);
        var typing = TypeAsync(owed.Channel, over, cancellationToken);
        try
        {
            while (true)
            {
                await Task.Delay(patience.Progress, clock, over);
                try
                {
                    if (owed.Progress is null)
                    {
                        // To its end even when the run ends meanwhile: a message nobody knows of would stay.
                        var posted = await PostAsync(owed, note.Text, null, NonceOf(owed), 1, cancellationToken);
                        owed = owed with { Progress = posted.Id };
                        stops.Know(posted.Id, run, owed.User);
                        await KeepAsync(owed);
                    }
                    else
                    {
                        if (note.Tools == shown && ++quiet < QuietSteps) continue;
                        if (clock.GetElapsedTime(began) > patience.OldProgress && clock.GetElapsedTime(changed) < patience.RareProgress) continue;
                        await EditAsync(owed, owed.Progress, note.Text, over, cancellationToken);
                    }
                    (changed, quiet, shown) = (clock.GetTimestamp(), 0, note.Tools);
                }
                // Discord is busy; the next step says the same.
                catch (DiscordUnavailableException) { }
            }
        }
        catch (OperationCanceledException) { }
        // It may not speak, or somebody took the message away: asking again and again is what Discord bans bots for.
        catch (Exception missed) when (missed is DiscordRefusedException or DiscordStoppedException) { }
        catch (Exception unexpected) { report($"how {run} goes, on Discord", unexpected); }
        await typing;
        return owed;
    }

    async Task TypeAsync(string channel, CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try { await api.TypingAsync(channel, over, cancellationToken); }
                catch (DiscordUnavailableException) { }
                await Task.Delay(patience.Typing, clock, over);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or DiscordRefusedException or DiscordStoppedException) { }
        catch (Exception unexpected) { report("typing on Discord", unexpected); }
    }

    async Task SayAsync(Owed owed, AnswerShape answer, CancellationToken cancellationToken)
    {
        for (var failures = 1; ;)
        {
            try
            {
                if (owed.Sent >= answer.Parts.Count) return;
                await SayPartAsync(owed, answer.Parts[owed.Sent], owed.Sent == answer.Parts.Count - 1 ? answer.File : null, cancellationToken);
                owed = owed with { Sent = owed.Sent + 1 };
                if (owed.Sent < answer.Parts.Count) await KeepAsync(owed);
            }
            catch (DiscordRefusedException refused)
            {
                report($"an answer for channel {owed.Channel} was not brought", refused);
                return;
            }
            catch (DiscordUnavailableException problem)
            {
                report($"an answer for channel {owed.Channel} waits", problem);
                await Task.Delay(backoff.After(failures++), clock, cancellationToken);
            }
        }
    }

    async Task SayPartAsync(Owed owed, string part, DiscordFile? file, CancellationToken cancellationToken)
    {
        if (owed is { Sent: 0, Progress: { } progress } && await EditedAsync(owed, progress, part, cancellationToken)) return;
        // Where the progress message was deleted, its nonce might bring it back; the answer needs one of its own.
        var isAnew = owed is { Sent: 0, Progress: not null };
        var posted = await PostAsync(owed, part, file, NonceOf(owed, isAnew), 0, cancellationToken);
        if (isAnew || owed.Sent > 0 || posted.Text is not { } there || there == part || there == part.Trim()) return;
        // Discord knew the nonce: this is the progress message of an attempt that was lost sight of.
        if (!await EditedAsync(owed, posted.Id, part, cancellationToken)) await PostAsync(owed, part, file, NonceOf(owed, isAnew: true), 0, cancellationToken);
    }

    /// <summary>Posts, and where something about it is not allowed, without that.</summary>
    /// <param name="attempts">0 as many as the channel has patience for.</param>
    async Task<(string Id, string? Text)> PostAsync(Owed owed, string text, DiscordFile? file, string nonce, int attempts, CancellationToken cancellationToken)
    {
        var replyTo = owed is { For: OwedFor.Message, Sent: 0 } ? owed.Id : null;
        while (true)
        {
            try { return await api.PostAsync(owed.Channel, text, nonce, replyTo, file, attempts, cancellationToken); }
            catch (DiscordRefusedException refused) when (replyTo is not null && refused.Code == DiscordRefusedException.CannotReply) { replyTo = null; }
            catch (DiscordRefusedException) when (file is not null) { (text, file) = (AnswerShape.NoFile, null); }
            catch (DiscordRefusedException) when (ReplyOf(owed) is { } reply) { return await api.FollowUpAsync(reply, text, cancellationToken); }
        }
    }

    /// <summary>False when that message is gone, or may not be changed.</summary>
    async Task<bool> EditedAsync(Owed owed, string message, string text, CancellationToken cancellationToken)
    {
        try
        {
            await EditAsync(owed, message, text, over: null, cancellationToken);
            return true;
        }
        catch (DiscordRefusedException) { return false; }
    }

    async Task EditAsync(Owed owed, string message, string text, CancellationToken? over, CancellationToken cancellationToken)
    {
        if (ReplyOf(owed) is { } reply && reply.Message == message)
        {
            try
            {
                await api.EditReplyAsync(reply, text, over, cancellationToken);
                return;
            }
            // Too old, or Discord forgot it; the message may still be changed like any other.
            catch (DiscordRefusedException) { }
        }
        await api.EditAsync(owed.Channel, message, text, over, cancellationToken);
    }

    CommandReply? ReplyOf(Owed owed) => owed.Reply is { } reply && reply.Until > clock.GetUtcNow() ? reply : null;

    // What cannot be written down is brought all the same; only after a restart would it be brought again.
    async Task KeepAsync(Owed owed)
    {
        try { await ledger.PutAsync(owed); }
        catch (IOException problem) { report("the ledger of Discord's answers", problem); }
    }

    async Task FinishAsync(Owed owed, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await ledger.DoneAsync(owed.Id);
                return;
            }
            catch (IOException problem)
            {
                report("the ledger of Discord's answers", problem);
                await Task.Delay(backoff.After(failures), clock, cancellationToken);
            }
        }
    }

    // The same for a progress message and for the first part it becomes: whichever came first is the one there is.
    static string NonceOf(Owed owed, bool isAnew = false) => $"{owed.Id}-{owed.Sent}{(isAnew ? "a" : "")}";
}
