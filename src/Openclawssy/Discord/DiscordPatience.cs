namespace Openclawssy.Discord;

/// <summary>How patient the channel is; a test is less so.</summary>
sealed record DiscordPatience
{
    /// <summary>Before the second connection; it doubles. At two minutes, a day of failures stays below the 1,000 sign-ins Discord lets a bot make.</summary>
    public TimeSpan FirstReconnect { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestReconnect { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A connection that stood so long was a good one.</summary>
    public TimeSpan GoodConnection { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the connection, and for the server's first word.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Discord asks for one to five seconds, chosen at random, before a bot signs in again, or goes on with a session that was called invalid.</summary>
    public TimeSpan BeforeSignIn { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(30);
    public int Attempts { get; init; } = 6;
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(500);
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whoever would have to wait longer for the next turn is told so; the answer is brought again later.</summary>
    public TimeSpan LongestAsked { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan FirstRedelivery { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan LongestRedelivery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Discord shows a bot as typing for ten seconds.</summary>
    public TimeSpan Typing { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Between two changes of a progress message, and before the first.</summary>
    public TimeSpan Progress { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Discord lets a message be changed a few times only when it is older than an hour (its error 30046).</summary>
    public TimeSpan OldProgress { get; init; } = TimeSpan.FromMinutes(50);

    /// <summary>Between two changes of one that is about to be.</summary>
    public TimeSpan RareProgress { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a request that was lost sight of may still be on its way; a guess, as Discord names no figure.</summary>
    public TimeSpan Stray { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at the ledger of deliveries.</summary>
    public TimeSpan Deliveries { get; init; } = TimeSpan.FromSeconds(5);
}
