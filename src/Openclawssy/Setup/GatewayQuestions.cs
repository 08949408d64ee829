namespace Openclawssy.Setup;

/// <summary>The part of the wizard about `serve`: who may write to the agent over HTTP, and whether in the clear.</summary>
sealed class GatewayQuestions(IQuestions questions, SetupGiven given, Surveyed found)
{
    /// <summary>The name under which the dashboard writes.</summary>
    public const string DashboardUser = "dashboard_user";

    const int LongestName = 128;

    public async Task<(IReadOnlyList<string>? Users, bool Https)> AskAsync(CancellationToken cancellationToken) => (await UsersAsync(cancellationToken), await HttpsAsync(cancellationToken));

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

    /// <summary>What is wrong with a list of users, or null.</summary>
    public static string? UserComplaint(string text) =>
        RightsQuestions.List(text).FirstOrDefault(user => user.Length > LongestName || user.Any(char.IsControl)) is not null ? $"a user's name has at most {LongestName} characters and no control characters" : null;
}
