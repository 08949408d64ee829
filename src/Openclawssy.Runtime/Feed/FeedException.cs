namespace Openclawssy.Runtime.Feed;

/// <summary>A run cannot be followed, or not to its end.</summary>
/// <param name="code">One of the codes below.</param>
public sealed class FeedException(string code, string message) : Exception(message)
{
    /// <summary>There is no run with that id.</summary>
    public const string RunNotFound = "run.not_found";

    /// <summary>The run is over and its end is not on disk; the next start of the program closes it.</summary>
    public const string EndNotStored = "feed.end_not_stored";

    public string Code { get; } = code;
}
