using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Says answers, each once, as parts that get there one after another. It gives up only where Discord says that there is no such
/// place, or that the bot may not speak there.
/// </summary>
sealed class AnswerDelivery(DiscordApi api, IDiscordLedger ledger, TimeProvider clock, Randomness chance, DiscordPatience patience, Action<string, Exception> report)
{
    readonly Backoff backoff = new(patience.FirstRedelivery, patience.LongestRedelivery, chance);

    /// <summary>Says an answer, from where it got to, however often that has to be tried.</summary>
    /// <returns>How it stands now.</returns>
    /// <exception cref="DiscordStoppedException">The token is not valid any more.</exception>
    public async Task<Owed> SayAsync(Owed owed, AnswerShape answer, CancellationToken cancellationToken)
    {
        for (var failures = 1; ;)
        {
            try
            {
                if (owed.Sent >= answer.Parts.Count) return owed;
                var becameIt = await SayPartAsync(owed, answer.Parts[owed.Sent], owed.Sent == answer.Parts.Count - 1 ? answer.File : null, cancellationToken);
                owed = owed with { Sent = owed.Sent + 1, Strays = owed.Strays && (becameIt || owed.Sent > 0) };
                // The last one is written down with the whole of it, unless that has to wait.
                if (owed.Sent < answer.Parts.Count || owed.Strays) await KeepAsync(owed);
            }
            catch (DiscordRefusedException refused)
            {
                report($"an answer for channel {owed.Channel} was not brought", refused);
                return owed with { Strays = false };
            }
            catch (DiscordUnavailableException problem)
            {
                report($"an answer for channel {owed.Channel} waits", problem);
                await Task.Delay(backoff.After(failures++), clock, cancellationToken);
            }
        }
    }

    /// <summary>
    /// A change of the progress message that was lost sight of may come after the answer, and undo it. So the answer is put there once
    /// more, when nothing can be on its way any longer.
    /// </summary>
    public async Task SettleAsync(Owed owed, AnswerShape answer, CancellationToken cancellationToken)
    {
        if (owed is not { Strays: true, Progress: { } progress }) return;
        await Task.Delay(patience.Stray, clock, cancellationToken);
        try { await EditedAsync(owed, progress, answer.Parts[0], cancellationToken); }
        catch (DiscordUnavailableException problem) { report($"an answer for channel {owed.Channel} was not looked at again", problem); }
    }

    /// <returns>True when the progress message became it.</returns>
    async Task<bool> SayPartAsync(Owed owed, string part, DiscordFile? file, CancellationToken cancellationToken)
    {
        if (owed is { Sent: 0, Progress: { } progress } && await EditedAsync(owed, progress, part, cancellationToken)) return true;
        // Where the progress message was deleted, its nonce might bring it back; the answer needs one of its own.
        var isAnew = owed is { Sent: 0, Progress: not null };
        var posted = await PostAsync(owed, part, file, NonceOf(owed, isAnew), 0, cancellationToken);
        if (isAnew || owed.Sent > 0 || posted.Text is not { } there || there == part || there == part.Trim()) return false;
        // Discord knew the nonce: this is the progress message of an attempt that was lost sight of.
        if (!await EditedAsync(owed, posted.Id, part, cancellationToken)) await PostAsync(owed, part, file, NonceOf(owed, isAnew: true), 0, cancellationToken);
        return false;
    }

    /// <summary>Posts the message that shows how it goes. Tried once.</summary>
    public Task<(string Id, string? Text)> BeginAsync(Owed owed, string text, CancellationToken cancellationToken) => PostAsync(owed, text, null, NonceOf(owed), 1, cancellationToken);

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

    /// <summary>Changes a message, by whichever way is open.</summary>
    /// <param name="over">Null for an answer; <see cref="DiscordApi.EditAsync"/> says what it is for.</param>
    public async Task EditAsync(Owed owed, string message, string text, CancellationToken? over, CancellationToken cancellationToken)
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

    /// <summary>Writes down how far it got. What cannot be written down is brought all the same; only after a restart would it be brought again.</summary>
    public async Task KeepAsync(Owed owed)
    {
        try { await ledger.PutAsync(owed); }
        catch (IOException problem) { report("the ledger of Discord's answers", problem); }
    }

    // The same for a progress message and for the first part it becomes: whichever came first is the one there is.
    static string NonceOf(Owed owed, bool isAnew = false) => $"{owed.Id}-{owed.Sent}{(isAnew ? "a" : "")}";
}
