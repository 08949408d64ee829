namespace Openclawssy.Gateway.Tokens;

/// <summary>
/// The token that holds now. It is looked up again once a second, so that one that was replaced is refused, and what it had opened
/// is closed, soon after. Never longer without a look than <see cref="Interval"/> and the time one look takes.
/// </summary>
sealed class TokenWatch : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly Func<BearerToken?> now;
    readonly ITimer timer;
    volatile Held held;

    public TokenWatch(Func<BearerToken?> now, TimeProvider clock)
    {
        this.now = now;
        held = new(now());
        timer = clock.CreateTimer(static watch => ((TokenWatch)watch!).Look(), this, Interval, Interval);
    }

    /// <summary>The holder, when this is the token that holds now; null for every other.</summary>
    public TokenHolder? Admit(string presented)
    {
        var present = held;
        return present.Token is { } token && token.Accepts(presented) ? new(token.Credential, present.Gone.Token) : null;
    }

    void Look()
    {
        BearerToken? token;
        // What cannot be read lets nobody in.
        try { token = now(); }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException) { token = null; }
        var before = held;
        if (before.Token?.Hash == token?.Hash) return;
        held = new(token);
        _ = before.Gone.CancelAsync();
    }

    public void Dispose() => timer.Dispose();

    sealed record Held(BearerToken? Token)
    {
        public CancellationTokenSource Gone { get; } = new();
    }
}

/// <summary>Whoever sent a request with the token, or with a sign-in the token opened. Made by the watch alone; routes that act demand one.</summary>
/// <param name="Credential">How records name it.</param>
/// <param name="TakenAway">Cancelled when the token no longer holds.</param>
sealed record TokenHolder(string Credential, CancellationToken TakenAway)
{
    /// <summary>Name of the sign-in that stood for the token; null when the token itself was sent.</summary>
    public string? PageSession { get; init; }
}
