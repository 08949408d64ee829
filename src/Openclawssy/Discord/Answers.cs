using System.Net;
using System.Text;
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
    /// <summary>Messages an answer may take; a longer one comes as a file.</summary>
    public const int MaxParts = 5;

    /// <summary>Largest file, in bytes; Discord takes ten million from everybody.</summary>
    const int MaxFile = 8_000_000;

    const int MaxLead = 1500;

    /// <summary>How long a progress message stays as it is when no tool is done.</summary>
    const int QuietSteps = 5;

    readonly Backoff backoff = new(patience.FirstRedelivery, patience.LongestRedelivery, chance);

    /// <exception cref="DiscordStoppedException">The token is not valid any more; what is owed stays owed.</exception>
    public async Task BringAsync(Owed owed, CancellationToken cancellationToken)
    {
        var text = owed.Text;
        if (text is null && owed.Run is { } run)
        {
            stops.Know(owed.Progress ?? owed.Id, run, owed.User);
            stops.Know(owed.Id, run, owed.User);
            (text, owed) = await FollowAsync(owed, run, cancellationToken);
        }
        for (var failures = 1; ; failures++)
        {
            try
            {
                owed = await SayAsync(owed, text ?? AnswerText.Interrupted, now => owed = now, cancellationToken);
                break;
            }
            catch (DiscordRefusedException refused)
            {
                report($"an answer for channel {owed.Channel} was not brought", refused);
                break;
            }
            catch (DiscordUnavailableException problem)
            {
                report($"an answer for channel {owed.Channel} waits", problem);
                await Task.Delay(backoff.After(failures), clock, cancellationToken);
            }
        }
        stops.Forget(owed.Id);
        stops.Forget(owed.Progress);
        await ledger.DoneAsync(owed.Id);
    }

    /// <summary>Says a text in a channel, once for each key within some minutes.</summary>
    public async Task SayAsync(string channel, string text, string key, CancellationToken cancellationToken)
    {
        var (parts, file) = Shape(text);
        for (var i = 0; i < parts.Count; i++) await api.PostAsync(channel, parts[i], $"{key}-{i}", null, i == parts.Count - 1 ? file : null, 0, cancellationToken);
    }

    /// <summary>What a run's end says, once it has one.</summary>
    public Task<string> EndOfAsync(RunId run, CancellationToken cancellationToken) => ReadAsync(run, thinking(), new(clock), cancellationToken);

    async Task<(string Text, Owed Owed)> FollowAsync(Owed owed, RunId run, CancellationToken cancellationToken)
    {
        var note = new ProgressNote(clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var showing = ShowAsync(owed, run, note, over.Token, cancellationToken);
        string text;
        try { text = await ReadAsync(run, owed.Thinking ?? thinking(), note, cancellationToken); }
        finally
        {
            await over.CancelAsync();
            // The answer never races with a progress message that is still on its way.
            owed = await showing;
        }
        return (text, owed);
    }

    async Task<string> ReadAsync(RunId run, ThinkingMode mode, ProgressNote note, CancellationToken cancellationToken)
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

    /// <summary>Types, and keeps one message up to date, until it is over. What fails here is not missed.</summary>
    async Task<Owed> ShowAsync(Owed owed, RunId run, ProgressNote note, CancellationToken over, CancellationToken cancellationToken)
    {
        var (typed, quiet, shown) = ((long?)null, 0, 0);
        try
        {
            while (true)
            {
                try
                {
                    if (typed is not { } then || clock.GetElapsedTime(then) >= patience.Typing)
                    {
                        typed = clock.GetTimestamp();
                        await api.TypingAsync(owed.Channel, over, cancellationToken);
                    }
                    await Task.Delay(patience.Progress, clock, over);
                    if (owed.Progress is { } message)
                    {
                        if (note.Tools == shown && ++quiet < QuietSteps) continue;
                        await api.EditAsync(owed.Channel, message, note.Text, over, cancellationToken);
                    }
                    else
                    {
                        // To its end even when the run ends meanwhile: a message nobody knows of would stay.
                        var posted = await api.PostAsync(owed.Channel, note.Text, NonceOf(owed, 0), owed.IsMessage ? owed.Id : null, null, 1, cancellationToken);
                        owed = owed with { Progress = posted.Id };
                        stops.Know(posted.Id, run, owed.User);
                        await ledger.PutAsync(owed);
                    }
                    (quiet, shown) = (0, note.Tools);
                }
                catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException)
                {
                    await Task.Delay(patience.Progress, clock, over);
                }
            }
        }
        catch (OperationCanceledException) { return owed; }
        catch (DiscordStoppedException) { return owed; }
        catch (IOException problem)
        {
            report("the ledger of Discord's answers", problem);
            return owed;
        }
    }

    async Task<Owed> SayAsync(Owed owed, string text, Action<Owed> stands, CancellationToken cancellationToken)
    {
        var (parts, file) = Shape(text);
        for (var i = owed.Sent; i < parts.Count; i++)
        {
            var isThere = i == 0 && owed.Progress is { } message && await EditedAsync(owed.Channel, message, parts[i], cancellationToken);
            // Where the progress message was deleted, its nonce might bring it back; the answer needs one of its own.
            for (var nonce = NonceOf(owed, i, isAnew: i == 0 && owed.Progress is not null); !isThere; nonce = NonceOf(owed, i, isAnew: true))
            {
                var posted = await api.PostAsync(owed.Channel, parts[i], nonce, i == 0 && owed.IsMessage ? owed.Id : null, i == parts.Count - 1 ? file : null, 0, cancellationToken);
                // Discord may know the nonce: then it is the progress message of an attempt we lost sight of.
                isThere = i > 0 || posted.Text is not { } there || there == parts[i] || there == parts[i].Trim() || await EditedAsync(owed.Channel, posted.Id, parts[i], cancellationToken)
                    || nonce == NonceOf(owed, i, isAnew: true);
            }
            stands(owed = owed with { Sent = i + 1 });
            if (i + 1 < parts.Count) await ledger.PutAsync(owed);
        }
        return owed;
    }

    /// <summary>False when that message is gone.</summary>
    async Task<bool> EditedAsync(string channel, string message, string text, CancellationToken cancellationToken)
    {
        try
        {
            await api.EditAsync(channel, message, text, over: null, cancellationToken);
            return true;
        }
        catch (DiscordRefusedException refused) when (refused.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) { return false; }
    }

    // The same for a progress message and for the first part it becomes: whichever came first is the one there is.
    static string NonceOf(Owed owed, int part, bool isAnew = false) => isAnew ? $"{owed.Id}-{part}a" : $"{owed.Id}-{part}";

    static (IReadOnlyList<string> Parts, DiscordFile? File) Shape(string text)
    {
        var parts = MessageParts.Of(text);
        if (parts.Count == 0) return (["Done. There is nothing to show."], null);
        if (parts.Count <= MaxParts) return (parts, null);
        return ([MessageParts.Of(text, MaxLead)[0], "The whole answer is in the file."], new("answer.md", Encoding.UTF8.GetBytes(Truncation.Bytes(text, MaxFile))));
    }
}
