using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Openclawssy.TestKit;

namespace Openclawssy.Acceptance;

/// <summary>
/// The words of a story that are about Discord: a fake one, the people in it, what goes wrong, and what the bot says. Whatever a story
/// tells, it fails at its end when the bot did what Discord forbids, did not wait where it was told to, said the same answer twice, or
/// let its token be seen.
/// </summary>
/// <param name="configure">Merges into the story's configuration.</param>
sealed class DiscordWords(string home, IDictionary<string, string> environment, Action<JsonObject> configure) : IDisposable
{
    const string Room = "100";

    static readonly TimeSpan limit = TimeSpan.FromSeconds(60);
    static readonly IReadOnlyDictionary<string, string> people = new Dictionary<string, string> { ["ann"] = "201", ["bob"] = "202", ["eve"] = "203" };

    readonly DiscordOrders orders = new();
    readonly StringBuilder seen = new();
    readonly List<(string Id, string Channel)> questions = [];
    readonly Dictionary<string, string> kept = new(StringComparer.Ordinal);
    FakeDiscord? discord;
    (string Id, string Channel) current;

    /// <summary>What the story and the fake named, put into a line.</summary>
    public string Filled(string rest) => rest.Contains("${", StringComparison.Ordinal) ? kept.Aggregate(rest, (filled, one) => filled.Replace($"${{{one.Key}}}", one.Value, StringComparison.Ordinal)) : rest;

    public async Task RunAsync(string rest, bool negated)
    {
        var words = rest.Split(' ', 2);
        var text = words.Length > 1 ? words[1] : "";
        if (words[0] == "starts") await StartAsync(withToken: text.Length == 0);
        else if (people.TryGetValue(words[0], out var user)) await PersonAsync(user, text);
        else if (negated && words[0] is not ("says" or "requests")) throw new FormatException($"\"discord {words[0]}\" cannot be negated");
        else if (!await CheckedAsync(words[0], text, negated)) await HappensAsync(words[0], [.. Words.Split(text)]);
    }

    async Task StartAsync(bool withToken)
    {
        discord = await FakeDiscord.StartAsync();
        discord.Fault = orders.FaultOf;
        (kept["DISCORD_TOKEN"], kept["DISCORD_BOT"], kept["DISCORD_API"]) = (FakeDiscord.Token, FakeDiscord.Bot, discord.ApiBase);
        if (withToken) environment["DISCORD_BOT_TOKEN"] = FakeDiscord.Token;
        configure(new()
        {
            ["discord"] = new JsonObject { ["enabled"] = true, ["api_base"] = discord.ApiBase, ["gateway_url"] = discord.GatewayUrl, ["allow_users"] = new JsonArray(people["ann"]) },
        });
    }

    async Task PersonAsync(string user, string rest)
    {
        var (channel, guild, isBot, times) = (Room, (string?)FakeDiscord.Guild, false, 1);
        while (true)
        {
            var words = rest.Split(' ', 2);
            rest = words.Length > 1 ? words[1] : "";
            switch (words[0])
            {
                case "in": (channel, rest) = Next(rest); break;
                case "at": (guild, rest) = Next(rest); break;
                case "direct": guild = null; break;
                case "automatically": isBot = true; break;
                case "twice": times = 2; break;
                case "writes": Asked(await Discord.WriteAsync(user, Words.Text(rest), channel, guild, isBot, times)); return;
                case "answers": Asked(await Discord.WriteAsync(user, Words.Text(rest), channel, guild, answers: Discord.Messages[^1].Id)); return;
                case "uses": Asked(await Discord.CommandAsync(user, rest.Split(' ')[0], channel, [.. Words.Split(rest).Skip(1).Select(option => (option.Split('=')[0], option[(option.IndexOf('=', StringComparison.Ordinal) + 1)..]))])); return;
                case "reacts":
                    var (emoji, to) = Next(rest);
                    await Discord.ReactAsync(user, to switch { "to question" => current.Id, "to progress" => Answers()[0].Id, _ => throw Unknown($"reacts {rest}") }, current.Channel, emoji);
                    return;
                default: throw Unknown(words[0]);
            }
        }

        void Asked(string id)
        {
            questions.Add(current = (id, channel));
        }

        static (string Word, string More) Next(string rest) => rest.Split(' ', 2) is [var word, var more] ? (word, more) : throw Unknown(rest);
    }

    /// <summary>Waits for something the bot did, or looks that it did not.</summary>
    async Task<bool> CheckedAsync(string verb, string text, bool negated)
    {
        switch (verb)
        {
            case "connected": await UntilAsync(discord => discord.IsConnected && discord.Commands is not null, "the bot is connected"); return true;
            case "identified": await CountAsync(discord => discord.Identified, Number(text), "sign-ins"); return true;
            case "resumed": await UntilAsync(discord => discord.Resumed >= Number(text), $"sessions were gone on with {text} times"); return true;
            case "beats": await UntilAsync(discord => discord.Heartbeats >= Number(text), $"{text} heartbeats came"); return true;
            case "intents": Expect(Discord.Intents == Number(text), $"the bot asked for {Discord.Intents}"); return true;
            case "commands": Expect(string.Join(' ', Discord.Commands!.Select(command => (string)command!["name"]!)) == text, $"the bot has {Discord.Commands!.ToJsonString()}"); return true;
            case "messages": Expect(Discord.Messages.Count == Number(text), $"it said {Discord.Messages.Count} messages"); return true;
            case "requests": await RequestsAsync(Words.Split(text), negated); return true;
            case "says" when negated: Expect(!EverSaid().Any(said => said.Contains(Words.Text(text), StringComparison.Ordinal)), "it did say that"); return true;
            case "says": await UntilAsync(discord => discord.Messages.Any(said => !said.IsGone && said.Text.Contains(Words.Text(text), StringComparison.Ordinal)), "the bot says that"); return true;
            case "answers": await AnswersAsync(text); return true;
            case "part": await PartAsync(text.Split(' ', 3)); return true;
            case "file": await UntilAsync(_ => Answers().Any(said => said.File?.Contains(Words.Text(text), StringComparison.Ordinal) == true), "a file says that"); return true;
            default: return false;
        }
    }

    /// <summary>Waits for the one message that answers the question.</summary>
    async Task AnswersAsync(string rest)
    {
        var whole = rest.StartsWith("is ", StringComparison.Ordinal);
        var expected = Words.Text(whole ? rest[3..] : rest);
        await UntilAsync(_ => Answers().Any(said => whole ? said.Text == expected : said.Text.Contains(expected, StringComparison.Ordinal)), "the question is answered so");
        Expect(Answers().Count == 1, "that is not the only answer");
    }

    async Task PartAsync(string[] words)
    {
        if (words is not [var place, "is" or "begins" or "ends" or "has", var rest]) throw new FormatException("write: discord part N begins TEXT, or is, ends, has");
        var (number, expected) = (Number(place), Words.Text(rest));
        await UntilAsync(_ => Answers().ElementAtOrDefault(number - 1)?.Text is { } part && words[1] switch
        {
            "is" => part == expected,
            "begins" => part.StartsWith(expected, StringComparison.Ordinal),
            "ends" => part.EndsWith(expected, StringComparison.Ordinal),
            _ => part.Contains(expected, StringComparison.Ordinal),
        }, $"part {number} is so");
    }

    async Task RequestsAsync(IReadOnlyList<string> words, bool negated)
    {
        if (words is not [var what, ..]) throw Unknown("requests");
        if (negated) Expect(Made() == 0, $"it made {Made()}");
        else await CountAsync(_ => Made(), words.Count > 1 ? Number(words[1]) : throw Unknown("requests"), $"requests {what}");

        int Made() => Discord.Requests.Count(request => request.ToString().Contains(what, StringComparison.Ordinal));
    }

    /// <summary>Makes something happen at Discord, or has it go wrong from now on.</summary>
    async Task HappensAsync(string verb, string[] words)
    {
        switch (verb, words)
        {
            case ("question", [var number]): current = questions[Number(number) - 1]; break;
            case ("keep", [var name, var prefix]):
                kept[name] = Answers().SelectMany(said => said.Text.Split([' ', '\n'])).FirstOrDefault(word => word.StartsWith(prefix, StringComparison.Ordinal)) ?? throw new InvalidOperationException("the answer has no such word");
                break;
            case ("recovers", []): orders.Clear(); break;
            case ("drops", []): Discord.Drop(); break;
            case ("closes", [var code]): await Discord.CloseAsync(Number(code)); break;
            case ("closes", ["the", "next", var code]): Discord.CloseAtHello = Number(code); break;
            case ("sends", [var json]): await Discord.SayAsync(json); break;
            case ("repeats", [var count]): await Discord.RepeatAsync(Number(count)); break;
            case ("forgets", ["the", "session"]): Discord.ForgetsSession = true; break;
            case ("asks", ["for", "beats", "every", var milliseconds]): Discord.HeartbeatInterval = Number(milliseconds); break;
            case ("stops", ["acknowledging"]): Discord.Acknowledges = false; break;
            case ("acknowledges", []): Discord.Acknowledges = true; break;
            case ("deletes", ["the", "last"]): Discord.Delete(Discord.Messages[^1].Id); break;
            case ("forbids", [var channel]): Discord.ForbiddenChannels[channel] = true; break;
            case ("allows", [var requests, "every", var milliseconds]): (Discord.PerChannel, Discord.Window) = (Number(requests), TimeSpan.FromMilliseconds(Number(milliseconds))); break;
            case ("fails", [var what, var status, var times, .. var more]): orders.Add(what, new(status == "broken" ? FakeDiscordFault.Broken : Number(status), IsAfter: more is ["after"]), Number(times)); break;
            case ("holds", [var what, var seconds, .. var more]):
                orders.Add(what, new(429, RetryAfter: double.Parse(seconds, CultureInfo.InvariantCulture), IsGlobal: more is ["everything"]), 1);
                break;
            default: throw Unknown(verb);
        }
    }

    /// <summary>The bot's messages that answer the question the story is about, as they are now.</summary>
    List<FakeDiscordMessage> Answers() => AnswersTo(current.Id);

    List<FakeDiscordMessage> AnswersTo(string question) =>
        [.. Discord.Messages.Where(said => !said.IsGone && (said.ReplyTo == question || said.Nonce == $"interaction-{question}" || said.Nonce.StartsWith($"{question}-", StringComparison.Ordinal)))];

    /// <summary>Everything the bot wrote, also what it changed since.</summary>
    IEnumerable<string> EverSaid() => Discord.Requests.Where(request => request.Body.Length > 0 && request.Method is "POST" or "PATCH")
        .SelectMany(request => new[] { (string?)request.Json["content"], (string?)request.Json["data"]?["content"], request.FileText }).OfType<string>();

    Task CountAsync(Func<FakeDiscord, int> count, int expected, string what) => Then(UntilAsync(discord => count(discord) >= expected, $"there are {expected} {what}"), () =>
        Expect(count(Discord) == expected, $"there are {count(Discord)} {what}"));

    static async Task Then(Task first, Action next)
    {
        await first;
        next();
    }

    async Task UntilAsync(Func<FakeDiscord, bool> isSo, string what)
    {
        using var overdue = new CancellationTokenSource(limit);
        try { await Discord.UntilAsync(isSo, overdue.Token); }
        catch (OperationCanceledException) { throw new TimeoutException($"it did not come to pass within {limit.TotalSeconds} s that {what}"); }
    }

    /// <summary>Something the program printed, for the look at the end.</summary>
    public void See(CommandRun? run)
    {
        if (run is not null) seen.Append(run.Out).Append(run.Error);
    }

    /// <exception cref="InvalidOperationException">The story told something that must not be, whatever it is about.</exception>
    public void Check()
    {
        if (discord is null) return;
        discord.AssertClean();
        Expect(discord.Exceeded == 0, $"the bot met limits it knew of {discord.Exceeded} times");
        Expect(orders.Early.Count == 0, $"the bot did not wait as long as it was told to: {string.Join(", ", orders.Early)}");
        var doubled = questions.Select(asked => AnswersTo(asked.Id)).FirstOrDefault(answers => answers.Select(said => said.Text).Distinct().Count() < answers.Count);
        Expect(doubled is null, $"the bot said something twice: {doubled?[0].Text}");
        Expect(!ShowsToken(seen.ToString()), "the program printed the bot's token");
        var leak = Directory.EnumerateFiles(home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device })
            .FirstOrDefault(path => Path.GetRelativePath(home, path) != ".openclawssy/config.json" && ShowsToken(Encoding.Latin1.GetString(File.ReadAllBytes(path))));
        Expect(leak is null, $"the bot's token is in {leak}");
    }

    static bool ShowsToken(string text) => ((string[])[FakeDiscord.Token, Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeDiscord.Token)).TrimEnd('='), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(FakeDiscord.Token))])
        .Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    FakeDiscord Discord => discord ?? throw new FormatException("this story has no Discord yet; write: discord starts");

    static int Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unknown(word);

    static FormatException Unknown(string what) => new($"\"{what}\" is no sentence about Discord that the script language knows");

    static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    public override string ToString() => discord is null ? ""
        : $"Discord: {discord.Identified} sign-ins, {discord.Resumed} resumed, {discord.Heartbeats} beats{string.Concat(discord.Messages.Select(said => $"\n  {said.Channel} {said.Nonce}{(said.IsGone ? " (gone)" : "")}: {(said.Text.Length > 300 ? $"{said.Text[..200]} … {said.Text[^100..]}" : said.Text)}"))}"
        + string.Concat(discord.Requests.TakeLast(20).Select(request => $"\n  {request}"));

    public void Dispose() => discord?.DisposeAsync().AsTask().GetAwaiter().GetResult();
}

/// <summary>What a story ordered to go wrong with requests, and which requests came although everybody was told to wait.</summary>
sealed class DiscordOrders
{
    readonly Lock gate = new();
    readonly List<(string What, FakeDiscordFault Fault, int Left)> orders = [];
    readonly List<(string What, DateTimeOffset Until)> held = [];
    readonly List<string> early = [];

    public IReadOnlyList<string> Early { get { lock (gate) return [.. early]; } }

    /// <param name="what">Part of method and path, such as <c>POST /channels/100/messages</c>.</param>
    public void Add(string what, FakeDiscordFault fault, int times)
    {
        lock (gate) orders.Add((what, fault, times));
    }

    public void Clear()
    {
        lock (gate) orders.Clear();
    }

    public FakeDiscordFault? FaultOf(FakeDiscordRequest request)
    {
        var line = request.ToString();
        lock (gate)
        {
            var now = DateTimeOffset.UtcNow;
            // Answers to interactions are outside of what is held for everything.
            if (held.Exists(one => one.Until > now && (one.What.Length == 0 ? !line.Contains("/interactions/", StringComparison.Ordinal) && !line.Contains("/webhooks/", StringComparison.Ordinal) : line.Contains(one.What, StringComparison.Ordinal)))) early.Add(line);
            var at = orders.FindIndex(order => line.Contains(order.What, StringComparison.Ordinal));
            if (at < 0) return null;
            var (what, fault, left) = orders[at];
            if (left == 1) orders.RemoveAt(at);
            else orders[at] = (what, fault, left - 1);
            if (fault.RetryAfter > 0) held.Add((fault.IsGlobal ? "" : what, now + TimeSpan.FromSeconds(fault.RetryAfter)));
            return fault;
        }
    }
}
