using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Takes in what people write: who is not on the lists is not answered at all. What is taken in is in the ledger before anything is
/// done about it, so that it is never forgotten and never taken twice.
/// </summary>
/// <param name="configuration">As it is now.</param>
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
        if (Json.Flag(author, "bot") || Json.Text(message, "webhook_id") is not null || Json.In(message, "type") is { ValueKind: JsonValueKind.Number } type && type.GetInt32() is not (Plain or Reply)) return;
        if (Json.Id(message, "id") is not { } id || Json.Id(message, "channel_id") is not { } channel || Json.Id(author, "id") is not { } user) return;
        var config = configuration();
        var guild = Json.Id(message, "guild_id");
        if (!IsListed(config, user, channel, guild)) return;
        if (IncomingText.Of(Json.Text(message, "content") ?? "", config.Discord.CommandPrefix, session()?.Bot ?? "", isMeant: guild is null || Mentions(message, session()?.Bot)) is not { } text || ledger.Knows(id)) return;
        await TakeAsync(new(id, channel, user, IsMessage: true), text, null);
    }

    /// <summary>Discord counts the answer to a message as a mention of who wrote it, unless its writer switched that off.</summary>
    static bool Mentions(JsonElement message, string? bot) =>
        Json.In(message, "mentions") is { ValueKind: JsonValueKind.Array } mentions && mentions.EnumerateArray().Any(mentioned => Json.Id(mentioned, "id") is { } id && id == bot);

    async Task TakeInteractionAsync(JsonElement interaction)
    {
        if (Json.In(interaction, "type") is not { ValueKind: JsonValueKind.Number } type || type.GetInt32() != Command) return;
        var who = Json.In(interaction, "member") is { ValueKind: JsonValueKind.Object } member ? Json.In(member, "user") : Json.In(interaction, "user");
        if (Json.Id(interaction, "id") is not { } id || Json.Id(interaction, "channel_id") is not { } channel || Json.Id(who, "id") is not { } user || Json.Text(interaction, "token") is not { Length: > 0 } answerToken) return;
        if (!IsListed(configuration(), user, channel, Json.Id(interaction, "guild_id")) || ledger.Knows(id) || SlashCommands.TextOf(Json.In(interaction, "data")) is not { } written) return;
        await TakeAsync(new(id, channel, user, IsMessage: false), IncomingText.Read(written), Uri.EscapeDataString(answerToken));
    }

    Task React(JsonElement reaction)
    {
        if (Json.Id(reaction, "message_id") is { } message && Json.Id(reaction, "user_id") is { } user && Json.Text(Json.In(reaction, "emoji"), "name") is { } emoji) stops.React(message, user, emoji);
        return Task.CompletedTask;
    }

    /// <summary>Before anything is answered or kept. Where servers are listed, a direct message comes from none of them.</summary>
    static bool IsListed(OpenclawssyConfig config, string user, string channel, string? guild)
    {
        var rules = ChatRules.Of(ChannelNames.Discord, config);
        return rules.Enabled && rules.Allowlist.Allows(user, channel)
            && (config.Discord.AllowGuilds.Count == 0 || guild is not null && config.Discord.AllowGuilds.Any(listed => listed.Trim() == guild));
    }

    async Task TakeAsync(Owed owed, IncomingText text, string? answerToken)
    {
        // The run is named before it is there: whenever this process dies, its answer is found, or is known not to come.
        owed = text.Problem is { } problem ? owed with { Text = problem } : owed with { Run = newRun(), Thinking = text.Thinking };
        try { await ledger.PutAsync(owed); }
        catch (IOException full)
        {
            report("a message from Discord was not taken in", full);
            beside(stopping => RefuseAsync(owed, answerToken, stopping));
            return;
        }
        var (now, isPrivate) = (owed, true);
        if (owed.Run is { } run)
        {
            ChatAnswer answer;
            // To its end also when the program stops: a message that is half taken in could only be answered with an apology.
            try { answer = await desk.HandleAsync(new(ChannelNames.Discord, owed.User, owed.Channel, text.Text, "bot", Thinking: text.Thinking, Run: run), CancellationToken.None); }
            catch (Exception unexpected)
            {
                report("a message from Discord", unexpected);
                answer = new ChatAnswer.Said(AnswerText.Failed);
            }
            isPrivate = answer is ChatAnswer.Refused;
            now = answer switch
            {
                ChatAnswer.Said said => owed with { Run = null, Text = said.Text },
                ChatAnswer.Refused refused => owed with { Run = null, Text = Words(refused, owed, isQuiet: answerToken is null) },
                _ => owed,
            };
        }
        if (now is { Run: null, Text: null })
        {
            await ledger.DoneAsync(owed.Id);
            return;
        }
        if (now != owed) await ledger.PutAsync(now);
        beside(async stopping => await bring(answerToken is null ? now : await AnswerAsync(now, answerToken, isPrivate, stopping), stopping));
    }

    /// <summary>Tells somebody whose message could not be kept; tried once, as nothing remembers it.</summary>
    async Task RefuseAsync(Owed owed, string? answerToken, CancellationToken cancellationToken)
    {
        try
        {
            if (answerToken is not null) await api.AnswerAsync(owed.Id, answerToken, AnswerText.NotTakenIn, isPrivate: true, cancellationToken);
            else await api.PostAsync(owed.Channel, AnswerText.NotTakenIn, $"{owed.Id}-0", owed.Id, null, 1, cancellationToken);
        }
        catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException) { report("a message from Discord was not taken in", missed); }
    }

    /// <summary>Says the first of it where an interaction waits for it; the rest goes the common way.</summary>
    async Task<Owed> AnswerAsync(Owed owed, string answerToken, bool isPrivate, CancellationToken cancellationToken)
    {
        try
        {
            var first = owed.Text is { } text ? MessageParts.Of(text)[0] : new ProgressNote(clock).Text;
            var message = await api.AnswerAsync(owed.Id, answerToken, first, owed.Text is not null && isPrivate, cancellationToken);
            owed = owed.Text is null ? owed with { Progress = message } : owed with { Sent = 1 };
            await ledger.PutAsync(owed);
        }
        catch (Exception missed) when (missed is DiscordUnavailableException or DiscordRefusedException) { report("an interaction of Discord", missed); }
        return owed;
    }

    /// <summary>Null when there is nothing to say, or it was said a moment ago.</summary>
    string? Words(ChatAnswer.Refused refused, Owed owed, bool isQuiet)
    {
        if (refused.Code is ChatErrorCodes.Rejected or ChatErrorCodes.Disabled) return null;
        if (refused.RetryAfter is not { } wait) return refused.Message;
        var seconds = refused.RetryAfterSeconds!.Value.ToString(CultureInfo.InvariantCulture);
        if (refused.Code != ChatErrorCodes.RateLimited) return $"Too much is waiting right now; try again in {seconds} s.";
        // Said once: who floods is not helped to flood.
        var now = clock.GetUtcNow();
        if (isQuiet && notices.TryGetValue((owed.User, owed.Channel), out var until) && until > now) return null;
        if (notices.Count >= MaxNotices) notices.Clear();
        notices[(owed.User, owed.Channel)] = now + wait;
        return $"You are writing faster than is allowed here; try again in {seconds} s.";
    }
}
