using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>Brings what is owed: follows the run to its end however long it takes, shows how it goes, and has the answer said.</summary>
/// <param name="thinking">When thinking is shown where a message says nothing about it.</param>
sealed class Answers(
    DiscordApi api, AnswerDelivery delivery, RunFeed feed, IDiscordLedger ledger, RunStops stops, Func<ThinkingMode> thinking, TimeProvider clock, Randomness chance, DiscordPatience patience, Action<string, Exception> report)
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
        var answer = AnswerShape.Of(text ?? AnswerText.Interrupted);
        owed = await delivery.SayAsync(owed, answer, cancellationToken);
        stops.Forget(owed.Id);
        stops.Forget(owed.Progress);
        await delivery.SettleAsync(owed, answer, cancellationToken);
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
                        var posted = await delivery.BeginAsync(owed, note.Text, cancellationToken);
                        owed = owed with { Progress = posted.Id };
                        stops.Know(posted.Id, run, owed.User);
                        await delivery.KeepAsync(owed);
                    }
                    else
                    {
                        if (note.Tools == shown && ++quiet < QuietSteps) continue;
                        if (clock.GetElapsedTime(began) > patience.OldProgress && clock.GetElapsedTime(changed) < patience.RareProgress) continue;
                        await delivery.EditAsync(owed, owed.Progress, note.Text, over, cancellationToken);
                    }
                    (changed, quiet, shown) = (clock.GetTimestamp(), 0, note.Tools);
                }
                // Discord is busy; the next step says the same.
                catch (DiscordUnavailableException lost) { owed = owed with { Strays = owed.Strays || owed.Progress is not null && lost.MayStillHappen }; }
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
}
