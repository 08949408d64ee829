namespace Openclawssy.Providers;

/// <summary>What one answer may cost before it is refused.</summary>
sealed record WireLimits
{
    /// <summary>How long the server may send nothing at all, before and during the answer. Any byte counts, a comment too.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Bytes of a whole answer.</summary>
    public long AnswerBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>Bytes of one line of a stream.</summary>
    public int LineBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Tool calls in one answer that are still read; how many are carried out is the loop's decision.</summary>
    public int Calls { get; init; } = 128;

    /// <summary>Bytes of an error page that are looked at.</summary>
    public int ErrorBytes { get; init; } = 64 * 1024;
}
