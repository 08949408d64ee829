namespace Openclawssy.Runtime.Toolkit;

/// <summary>One request to the web, as a tool asks for it.</summary>
/// <param name="Method">One of <see cref="Methods"/>.</param>
/// <param name="Body">Null sends none.</param>
/// <param name="Timeout">For everything together, redirects and body included.</param>
/// <param name="MaxBytes">Most bytes of the answer's body that are kept, counted after decompression.</param>
public sealed record WebCall(string Method, string Url, IReadOnlyDictionary<string, TextOrSecret> Headers, ReadOnlyMemory<byte>? Body, TimeSpan Timeout, int MaxBytes)
{
    /// <summary>What may be asked. CONNECT and TRACE are for intermediaries, not for agents.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
}

/// <summary>What a server answered, bounded, without what belongs to the connection and without cookies.</summary>
/// <param name="Url">Where the answer came from, after redirects.</param>
/// <param name="Body">Text, or base64 where the bytes are no text.</param>
/// <param name="BytesRead">Bytes of the body that were kept.</param>
/// <param name="Truncated">True when the body goes on.</param>
/// <param name="Redirects">The addresses that pointed on, in order.</param>
public sealed record WebAnswer(
    int Status, string Url, IReadOnlyDictionary<string, string> Headers, string Body, bool IsBase64, int BytesRead, bool Truncated, IReadOnlyList<string> Redirects);

/// <summary>Web requests for one permitted call, to what the operator allowed and nowhere else.</summary>
public interface IWeb
{
    /// <exception cref="ToolException">
    /// <c>policy.denied</c> naming the setting, <c>tool.input_invalid</c> for what is no request, <c>timeout</c>, or a retryable <c>internal.error</c> when the network fails.
    /// </exception>
    Task<WebAnswer> SendAsync(WebCall request, CancellationToken cancellationToken);
}

/// <summary>What was decided about one connection a command asked for.</summary>
/// <param name="Target">Scheme, host and port; words where the request names none.</param>
public sealed record NetworkVerdict(string Target, bool Allowed, string Reason);

/// <summary>The network of the commands of one permitted call: whoever holds a command brings its connections here, one by one.</summary>
public interface ICommandNetwork
{
    /// <summary>Hears what the command asks for on this connection, and serves or refuses it. Ends with the connection, which stays the caller's.</summary>
    Task ServeAsync(Stream connection, CancellationToken cancellationToken);

    /// <summary>What was asked for so far and what came of it, a line each; of very many only the first.</summary>
    IReadOnlyList<string> Seen { get; }
}

/// <summary>The door to the web for one run: it goes by what was allowed when the run began and by what is allowed now.</summary>
public interface IWebDoor
{
    IWeb OpenFor(Permit permit);

    /// <summary>The same rules for what commands ask for.</summary>
    /// <param name="record">Told of each connection before anything comes of it; what it cannot record is not done.</param>
    ICommandNetwork OpenForCommands(Permit permit, Func<NetworkVerdict, ValueTask> record);
}
