using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Takes in what people write: who is not on the lists is not answered at all. What is taken in is in the ledger before anything is
/// done about it, so that it is never forgotten and never taken twice.
/// </summary>
/// <param name="configuration">As it is now.</param>
/// <param name="session">Who the bot is.</param>
/// <param name="beside">Does what further events do not wait for.</param>
/// <param name="bring">Brings what is owed, however long that takes.</param>
sealed class DiscordInbox(
    ChatDesk desk, IDiscordLedger ledger, DiscordApi api, RunStops stops, Func<OpenclawssyConfig> configuration, Func<GatewaySession?> session, Action<Func<CancellationToken, Task>> beside,
    Func<Owed, CancellationToken, Task> bring, Func<RunId> newRun, TimeProvider clock, Action<string, Exception> report)
{
    const int MaxNotices = 1000;

    /// <summary>A plain message, and one that answers another.</summary>
    const int Plain = 0, Reply = 19;

    const int Command = 2;

    readonly ConcurrentDictionary<(string User, string Channel), DateTimeOffset> notices = new();

    public Task HandleAsync(GatewayEvent happened) => happened.Type switch
    {
        "READY" => RegisterAsync(),
        "MESSAGE_CREATE" => TakeMessageAsync(happened.Data),
        "INTERACTION_CREATE" => TakeInteractionAsync(happened.Data),
        "MESSAGE_REACTION_ADD" => React(happened.Data),
        _ => Task.CompletedTask,
    };

    Task RegisterAsync()
    {
        if (session() is { Application.Length: > 0 } now)
            beside(async cancellationToken =>
            {
                try { await api.RegisterAsync(now.Application, SlashCommands.Write, cancellationToken); }
                catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException) { report("Discord's slash commands", missed); }
            });
        return Task.CompletedTask;
    }

    async Task TakeMessageAsync(JsonElement message)
    {
        var author = Json.In(message, "author");
        if (Json.Flag(author, "bot") || Json.Text(message, "webhook_id") is not null || Json.Number(message, "type") is not (null or Plain or Reply)) return;
        if (Json.Id(message, "id") is not { } id || Json.Id(message, "channel_id") is not { } channel || Json.Id(author, "id") is not { } user) return;
        var config = configuration();
        var guild = Json.Id(message, "guild_id");
        if (!DiscordLists.Allow(config, user, channel, guild)) return;
        if (IncomingText.Of(Json.Text(message, "content") ?? "", config.Discord.CommandPrefix, session()?.Bot ?? "", isMeant: guild is null || Mentions(message, session()?.Bot)) is not { } text || ledger.Knows(id)) return;
        await TakeAsync(new(id, channel, user, OwedFor.Message), text);
    }

    /// <summary>Discord counts the answer to a message as a mention of who wrote it, unless its writer switched that off.</summary>
    static bool Mentions(JsonElement message, string? bot) =>
        Json.In(message, "mentions") is { ValueKind: JsonValueKind.Array } mentions && mentions.EnumerateArray().Any(mentioned => Json.Id(mentioned, "id") is { } id && id == bot);

    async Task TakeInteractionAsync(JsonElement interaction)
    {
        if (Json.Number(interaction, "type") != Command) return;
        var who = Json.In(interaction, "member") is { ValueKind: JsonValueKind.Object } member ? Json.In(member, "user") : Json.In(interaction, "user");
        if (Json.Id(interaction, "id") is not { } id || Json.Id(interaction, "channel_id") is not { } channel || Json.Id(who, "id") is not { } user) return;
        if (Json.Id(interaction, "application_id") is not { } application || Json.Text(interaction, "token") is not { Length: > 0 and <= CommandReply.MaxToken } token) return;
        if (!DiscordLists.Allow(configuration(), user, channel, Json.Id(interaction, "guild_id")) || ledger.Knows(id) || SlashCommands.TextOf(Json.In(interaction, "data")) is not { } written) return;
        await TakeAsync(new(id, channel, user, OwedFor.Command) { Reply = new(application, token, clock.GetUtcNow() + CommandReply.Life) }, IncomingText.Read(written));
    }

    Task React(JsonElement reaction)
    {
        if (Json.Id(reaction, "message_id") is { } message && Json.Id(reaction, "user_id") is { } user && Json.Text(Json.In(reaction, "emoji"), "name") is { } emoji) stops.React(message, user, emoji);
        return Task.CompletedTask;
    }

    async Task TakeAsync(Owed owed, IncomingText text)
    {
        // The run is named before it is there: whenever this process dies, its answer is found, or is known not to come.
        owed = text.Problem is null ? owed with { Run = newRun(), Thinking = text.Thinking } : owed;
        try { await ledger.PutAsync(owed); }
        catch (IOException full)
        {
            report("a message from Discord was not taken in", full);
            beside(stopping => RefuseAsync(owed, stopping));
            return;
        }
        var answer = await HandInAsync(owed, text);
        var now = answer switch
        {
            ChatAnswer.Said said => owed with { Run = null, Text = said.Text },
            ChatAnswer.Refused refused => owed with { Run = null, Text = Words(refused, owed) },
            _ => owed,
        };
        try
        {
            if (now is { Run: null, Text: null })
            {
                await ledger.DoneAsync(owed.Id);
                return;
            }
            if (now != owed) await ledger.PutAsync(now);
        }
        // It is said all the same; only after a restart would it be said again.
        catch (IOException full) { report("the ledger of Discord's answers", full); }
        if (now.Run is { } run) stops.Know(now.Id, run, now.User);
        beside(async stopping => await bring(now.Reply is { } reply ? await ReplyAsync(now, reply, isPrivate: answer is ChatAnswer.Refused, stopping) : now, stopping));
    }

    /// <summary>To its end also when the program stops: a message that is half taken in could only be answered with an apology.</summary>
    async Task<ChatAnswer> HandInAsync(Owed owed, IncomingText text)
    {
        var message = new InboundMessage(ChannelNames.Discord, owed.User, owed.Channel, text.Text, "bot", Thinking: text.Thinking, Run: owed.Run);
        // What is wrong with it is said by the channel, and counts like any other message.
        if (text.Problem is { } problem) return desk.Admit(message) ?? new ChatAnswer.Refused(ChatErrorCodes.MessageEmpty, problem);
        try { return await desk.HandleAsync(message, CancellationToken.None); }
        catch (Exception unexpected)
        {
            report("a message from Discord", unexpected);
            return new ChatAnswer.Said(AnswerText.Failed);
        }
    }

    /// <summary>Tells somebody whose message could not be kept; tried once, as nothing remembers it.</summary>
    async Task RefuseAsync(Owed owed, CancellationToken cancellationToken)
    {
        try
        {
            if (owed.Reply is { } reply) await api.ReplyAsync(owed.Id, reply, AnswerText.NotTakenIn, isPrivate: true, cancellationToken);
            else await api.PostAsync(owed.Channel, AnswerText.NotTakenIn, $"{owed.Id}-0", owed.Id, null, 1, cancellationToken);
        }
        catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException) { report("a message from Discord was not taken in", missed); }
    }

    /// <summary>Says the first of it where a slash command waits for it; the rest goes the common way.</summary>
    async Task<Owed> ReplyAsync(Owed owed, CommandReply reply, bool isPrivate, CancellationToken cancellationToken)
    {
        try
        {
            var first = owed.Text is { } text ? AnswerShape.Of(text).Parts[0] : new ProgressNote(clock).Text;
            var message = await api.ReplyAsync(owed.Id, reply, first, isPrivate, cancellationToken);
            owed = owed.Text is null ? owed with { Progress = message, Reply = reply with { Message = message } } : owed with { Sent = 1 };
        }
        catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException)
        {
            report("a slash command of Discord", missed);
            return owed with { Reply = null };
        }
        try { await ledger.PutAsync(owed); }
        catch (IOException full) { report("the ledger of Discord's answers", full); }
        return owed;
    }

    /// <summary>Null when there is nothing to say, or it was said a moment ago.</summary>
    string? Words(ChatAnswer.Refused refused, Owed owed)
    {
        if (refused.Code is ChatErrorCodes.Rejected or ChatErrorCodes.Disabled) return null;
        if (refused.RetryAfter is not { } wait) return refused.Message;
        var seconds = refused.RetryAfterSeconds!.Value.ToString(CultureInfo.InvariantCulture);
        if (!refused.IsSendersOwn) return $"Too much is waiting right now; try again in {seconds} s.";
        // Said once: who floods is not helped to flood. A slash command waits for an answer, and nobody else sees it.
        var now = clock.GetUtcNow();
        if (owed.For == OwedFor.Message && notices.TryGetValue((owed.User, owed.Channel), out var until) && until > now) return null;
        if (notices.Count >= MaxNotices) notices.Clear();
        notices[(owed.User, owed.Channel)] = now + wait;
        return $"You are writing faster than is allowed here; try again in {seconds} s.";
    }
}
