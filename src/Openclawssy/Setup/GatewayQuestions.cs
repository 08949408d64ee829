namespace Openclawssy.Setup;

/// <summary>The part of the wizard about `serve`: who may write to the agent over HTTP and on Discord, and whether in the clear.</summary>
sealed class GatewayQuestions(IQuestions questions, SetupGiven given, Surveyed found)
{
    /// <summary>The name under which the dashboard writes.</summary>
    public const string DashboardUser = "dashboard_user";

    const int LongestName = 128;

    public async Task<(IReadOnlyList<string>? Users, bool Https, DiscordAnswers? Discord)> AskAsync(CancellationToken cancellationToken) =>
        (await UsersAsync(cancellationToken), await HttpsAsync(cancellationToken), await DiscordAsync(cancellationToken));

    // Nobody is let in whom nobody named.
    async Task<IReadOnlyList<string>?> UsersAsync(CancellationToken cancellationToken)
    {
        var present = found.Present?.Chat.AllowUsers ?? [];
        if (given.ChatUsers is { } named) return [.. present.Union(named)];
        if (questions is UnaskedQuestions) return null;
        return RightsQuestions.List(await questions.TextAsync("Users who may chat with it over HTTP, with commas between; none for nobody",
            present.Count > 0 ? string.Join(", ", present) : DashboardUser, UserComplaint, cancellationToken));
    }

    async Task<bool> HttpsAsync(CancellationToken cancellationToken)
    {
        if (given.Https || found.Present?.Server.TlsEnabled == true) return given.Https;
        return await questions.ChooseAsync("Serve the dashboard over HTTPS?",
            [new("no", "this machine alone reaches it"), new("yes", "with a certificate made here; browsers ask once whether you trust it")], 0, cancellationToken) == 1;
    }

    async Task<DiscordAnswers?> DiscordAsync(CancellationToken cancellationToken)
    {
        var present = found.Present?.Discord.AllowUsers ?? [];
        if (given.DiscordToken is { } said) return new(new([.. said]), [.. present.Union(given.DiscordUsers ?? [])]);
        if (given.DiscordUsers is { } named) return new(SetupKey.None, [.. present.Union(named)]);
        if (questions is UnaskedQuestions || found.Present?.Discord.Enabled == true) return null;
        if (await questions.ChooseAsync("Let people talk to it on Discord?", [new("no"), new("yes", "with a bot of yours; docs/DISCORD.md says how to make one")], 0, cancellationToken) == 0) return null;
        var users = RightsQuestions.List(await questions.TextAsync("Ids of Discord users who may write to it, with commas between; none for nobody", string.Join(", ", present), DiscordUserComplaint, cancellationToken));
        return new(new(await questions.HiddenAsync("Token of the bot (not shown; Enter to give it later)", bytes => bytes.Length == 0 ? null : ModelQuestions.Complaint(bytes), cancellationToken)), users);
    }

    /// <summary>What is wrong with a list of Discord users, or null.</summary>
    public static string? DiscordUserComplaint(string text) =>
        RightsQuestions.List(text).FirstOrDefault(user => user.Length > 20 || !user.All(char.IsAsciiDigit)) is not null ? "a Discord user is named by an id of digits; switch developer mode on and copy it from the user's menu" : null;

    /// <summary>What is wrong with a list of users, or null.</summary>
    public static string? UserComplaint(string text) =>
        RightsQuestions.List(text).FirstOrDefault(user => user.Length > LongestName || user.Any(char.IsControl)) is not null ? $"a user's name has at most {LongestName} characters and no control characters" : null;
}
