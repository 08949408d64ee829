using System.Security.Cryptography;
using System.Text;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>
/// One reading tool call before a job runs: only when its answer is another one than when the job last ran, there is something to
/// do. It goes through the ordinary gate as a run of its own with the job's rights, and asks no model.
/// </summary>
/// <param name="Tool">A tool that only reads.</param>
/// <param name="InputJson">Its input, a JSON object.</param>
public sealed record Precheck(string Tool, string InputJson)
{
    /// <summary>The message of the run that makes the call.</summary>
    public string Message => $"/tool {Tool} {InputJson}";

    /// <summary>What is remembered of an answer.</summary>
    public static string Digest(string answer) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answer)));

    /// <summary>Whether there is something to do.</summary>
    /// <param name="answer">What the call answered now.</param>
    /// <param name="seen">The digest kept from when the job last ran; null when it never did.</param>
    public static bool HasChanged(string answer, string? seen) => Digest(answer) != seen;
}
