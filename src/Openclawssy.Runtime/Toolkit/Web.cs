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

/// <summary>The door to the web for one run: it goes by what was allowed when the run began and by what is allowed now.</summary>
public interface IWebDoor
{
    IWeb OpenFor(Permit permit);
}
