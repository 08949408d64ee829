using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Openclawssy.Discord;

/// <summary>A file beside a message.</summary>
sealed record DiscordFile(string Name, byte[] Bytes);

/// <summary>What the channel says to Discord, by name. Nothing it says mentions anybody.</summary>
sealed class DiscordApi(DiscordRest rest)
{
    const string Messages = "/channels/{channel}/messages";

    // Discord shows no preview of what a message links to, so that a text cannot make it fetch an address.
    const int NoPreviews = 1 << 2;

    const int OnlyForTheAsker = 1 << 6;

    static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Posts a message and returns its id and text. With the same nonce within some minutes it is not posted twice, and the first one is returned.</summary>
    /// <param name="nonce">At most 25 characters.</param>
    /// <param name="attempts">0 as many as the channel has patience for.</param>
    /// <param name="replyTo">The message it answers; one that is gone does not matter.</param>
    public async Task<(string Id, string? Text)> PostAsync(string channel, string text, string nonce, string? replyTo, DiscordFile? file, int attempts, CancellationToken cancellationToken)
    {
        var json = Compose(json =>
        {
            WriteContent(json, text);
            json.WriteString("nonce", nonce);
            json.WriteBoolean("enforce_nonce", true);
            if (replyTo is not null)
            {
                json.WriteStartObject("message_reference");
                json.WriteString("message_id", replyTo);
                json.WriteBoolean("fail_if_not_exists", false);
                json.WriteEndObject();
            }
            if (file is not null)
            {
                json.WriteStartArray("attachments");
                json.WriteStartObject();
                json.WriteNumber("id", 0);
                json.WriteString("filename", file.Name);
                json.WriteEndObject();
                json.WriteEndArray();
            }
        });
        var answer = await rest.SendAsync(new(HttpMethod.Post, $"/channels/{channel}/messages", $"POST {Messages}", channel, file is null ? Encoded(json) : Multipart(json, file, nonce), attempts), cancellationToken);
        return (IdOf(answer) ?? throw new DiscordUnavailableException("Discord took a message and did not say which one it is"), Json.Text(answer, "content"));
    }

    /// <param name="over">Of a progress message: it is tried once, and not any more when this is cancelled before.</param>
    public Task EditAsync(string channel, string message, string text, CancellationToken? over, CancellationToken cancellationToken) => rest.SendAsync(
        new(HttpMethod.Patch, $"/channels/{channel}/messages/{message}", $"PATCH {Messages}/{{message}}", channel, Encoded(Compose(json => WriteContent(json, text))), over is null ? 0 : 1)
        {
            Over = over ?? default,
        }, cancellationToken);

    /// <summary>The server a channel is in; null for direct messages.</summary>
    public async Task<string?> GuildOfAsync(string channel, CancellationToken cancellationToken) =>
        Json.Id(await rest.SendAsync(new(HttpMethod.Get, $"/channels/{channel}", "GET /channels/{channel}", channel), cancellationToken), "guild_id");

    /// <summary>Shows the bot as typing; nobody misses it when it fails.</summary>
    /// <param name="over">When it is not worth waiting for any more.</param>
    public Task TypingAsync(string channel, CancellationToken over, CancellationToken cancellationToken) =>
        rest.SendAsync(new(HttpMethod.Post, $"/channels/{channel}/typing", "POST /channels/{channel}/typing", channel, Attempts: 1) { Over = over }, cancellationToken);

    /// <summary>Replies to a slash command and returns the id of the message that made; null when Discord did not say.</summary>
    /// <param name="isPrivate">Only who asked sees it.</param>
    public async Task<string?> ReplyAsync(string command, CommandReply reply, string text, bool isPrivate, CancellationToken cancellationToken)
    {
        const int ChannelMessage = 4;
        var json = Compose(json =>
        {
            json.WriteNumber("type", ChannelMessage);
            json.WriteStartObject("data");
            WriteContent(json, text, isPrivate ? OnlyForTheAsker : 0);
            json.WriteEndObject();
        });
        try
        {
            var answer = await rest.SendAsync(
                new(HttpMethod.Post, $"/interactions/{command}/{Escaped(reply)}/callback?with_response=true", "POST /interactions/callback", command, Encoded(json)) { IsInteraction = true }, cancellationToken);
            return IdOf(Json.In(Json.In(answer, "resource"), "message"));
        }
        // By an attempt whose answer was lost.
        catch (DiscordRefusedException refused) when (refused.Code == DiscordRefusedException.AlreadyAnswered)
        {
            return IdOf(await rest.SendAsync(new(HttpMethod.Get, $"{Webhook(reply)}/messages/@original", "GET /webhooks/@original", command) { IsInteraction = true }, cancellationToken));
        }
    }

    /// <summary>Changes the reply to a slash command, by the way that is open to it alone.</summary>
    /// <param name="over">As for <see cref="EditAsync"/>.</param>
    public Task EditReplyAsync(CommandReply reply, string text, CancellationToken? over, CancellationToken cancellationToken) => rest.SendAsync(
        new(HttpMethod.Patch, $"{Webhook(reply)}/messages/@original", "PATCH /webhooks/@original", reply.Token, Encoded(Compose(json => WriteContent(json, text))), over is null ? 0 : 1)
        {
            IsInteraction = true,
            Over = over ?? default,
        }, cancellationToken);

    /// <summary>Posts a further message by the same way. It has no nonce: Discord looks at none there.</summary>
    public async Task<(string Id, string? Text)> FollowUpAsync(CommandReply reply, string text, CancellationToken cancellationToken)
    {
        var answer = await rest.SendAsync(
            new(HttpMethod.Post, $"{Webhook(reply)}?wait=true", "POST /webhooks", reply.Token, Encoded(Compose(json => WriteContent(json, text)))) { IsInteraction = true }, cancellationToken);
        return (IdOf(answer) ?? throw new DiscordUnavailableException("Discord took a message and did not say which one it is"), Json.Text(answer, "content"));
    }

    /// <summary>Makes the bot's commands what they are here.</summary>
    public Task RegisterAsync(string application, Action<Utf8JsonWriter> commands, CancellationToken cancellationToken) => rest.SendAsync(
        new(HttpMethod.Put, $"/applications/{application}/commands", "PUT /applications/commands", application, Encoded(Compose(commands, isArray: true))), cancellationToken);

    static void WriteContent(Utf8JsonWriter json, string text, int flags = 0)
    {
        json.WriteString("content", text);
        json.WriteNumber("flags", NoPreviews | flags);
        json.WriteStartObject("allowed_mentions");
        json.WriteStartArray("parse");
        json.WriteEndArray();
        json.WriteBoolean("replied_user", false);
        json.WriteEndObject();
    }

    static string Webhook(CommandReply reply) => $"/webhooks/{reply.Application}/{Escaped(reply)}";

    static string Escaped(CommandReply reply) => Uri.EscapeDataString(reply.Token);

    static string? IdOf(JsonElement message) => Json.Id(message, "id");

    static byte[] Compose(Action<Utf8JsonWriter> write, bool isArray = false)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(bytes, options);
        if (isArray) json.WriteStartArray();
        else json.WriteStartObject();
        write(json);
        if (isArray) json.WriteEndArray();
        else json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    static DiscordBody Encoded(byte[] json) => new("application/json", json);

    static DiscordBody Multipart(byte[] json, DiscordFile file, string nonce)
    {
        // No text a model wrote can hold it: a line of the file would have to know the nonce and the length.
        var boundary = $"openclawssy-{nonce}-{file.Bytes.Length}";
        using var body = new MemoryStream();
        Line($"--{boundary}");
        Line("Content-Disposition: form-data; name=\"payload_json\"");
        Line("Content-Type: application/json");
        Line("");
        body.Write(json);
        Line("");
        Line($"--{boundary}");
        Line($"Content-Disposition: form-data; name=\"files[0]\"; filename=\"{file.Name}\"");
        Line("Content-Type: text/markdown; charset=utf-8");
        Line("");
        body.Write(file.Bytes);
        Line("");
        Line($"--{boundary}--");
        return new($"multipart/form-data; boundary=\"{boundary}\"", body.ToArray());

        void Line(string text) => body.Write(Encoding.ASCII.GetBytes(text + "\r\n"));
    }
}
