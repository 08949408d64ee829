namespace Openclawssy.Discord;

/// <summary>Where a session is gone on with: where Discord said, as long as that is the same house.</summary>
static class GatewayAddress
{
    public static Uri ToResume(Uri home, string? told) =>
        Uri.TryCreate(told, UriKind.Absolute, out var url) && url.Scheme == home.Scheme && url.Port == home.Port && url.UserInfo.Length == 0 && IsSameHouse(home.IdnHost, url.IdnHost)
            ? new UriBuilder(url.Scheme, url.IdnHost, url.Port).Uri : home;

    // gateway.discord.gg and gateway-us-east1-b.discord.gg: the same but for the first label, of a name that has three or more.
    static bool IsSameHouse(string home, string told)
    {
        if (string.Equals(home, told, StringComparison.OrdinalIgnoreCase)) return true;
        if (Uri.CheckHostName(home) != UriHostNameType.Dns || Uri.CheckHostName(told) != UriHostNameType.Dns) return false;
        var (mine, theirs) = (home.Split('.'), told.Split('.'));
        return mine.Length >= 3 && theirs.Length == mine.Length && mine.AsSpan(1).SequenceEqual(theirs.AsSpan(1), StringComparer.OrdinalIgnoreCase);
    }
}
