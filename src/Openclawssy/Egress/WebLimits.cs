namespace Openclawssy.Egress;

/// <summary>Bounds of one web request of a tool, beside the time and size it names itself.</summary>
sealed record WebLimits
{
    public int Redirects { get; init; } = 5;

    /// <summary>How long a server may stay silent while it answers.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(20);

    public int RequestHeaders { get; init; } = 64;

    /// <summary>Names and values together, in characters.</summary>
    public int RequestHeaderChars { get; init; } = 16 * 1024;

    /// <summary>Characters of an address.</summary>
    public int UrlChars { get; init; } = 8 * 1024;

    /// <summary>Compressed bytes that are read beyond the size asked for: a body of empty blocks must end, too.</summary>
    public int CompressedSlack { get; init; } = 64 * 1024;
}
