namespace Openclawssy.Discord;

/// <summary>How the channel is.</summary>
enum DiscordPhase
{
    /// <summary>Not begun, or the program is about to stop.</summary>
    Off,

    Connecting,
    Connected,

    /// <summary>The connection broke; another one comes.</summary>
    Waiting,

    /// <summary>A person has to change something; the rest of the program goes on.</summary>
    Stopped,
}

/// <param name="Since">When the phase began.</param>
/// <param name="Bot">The bot's name, once Discord told it.</param>
/// <param name="LastError">One sentence without any secret; it stays when the connection stands again.</param>
sealed record DiscordStatus(DiscordPhase Phase, DateTimeOffset Since, string? Bot = null, string? LastError = null, DateTimeOffset? LastErrorAt = null)
{
    public string Word => Phase.ToString().ToLowerInvariant();
}

/// <summary>How the channel is now, for everybody who asks.</summary>
sealed class DiscordState(TimeProvider clock)
{
    volatile DiscordStatus current = new(DiscordPhase.Off, clock.GetUtcNow());

    public DiscordStatus Current => current;

    /// <summary>Happens after each change, on the thread that made it.</summary>
    public event Action<DiscordStatus>? Changed;

    public void Is(DiscordPhase phase, string? error = null, string? bot = null)
    {
        var (now, before) = (clock.GetUtcNow(), current);
        current = new(phase, phase == before.Phase ? before.Since : now, bot ?? before.Bot, error ?? before.LastError, error is null ? before.LastErrorAt : now);
        Changed?.Invoke(current);
    }
}
