namespace Openclawssy.Runtime.Journal;

/// <summary>What verifying the audit found.</summary>
/// <param name="ExitCode">0 intact, 10 torn last line, 11 altered at a named record, 12 truncated or missing against a checkpoint or the anchor. The worst of the findings: 11 before 12 before 10.</param>
/// <param name="Summary">The verdict in words.</param>
/// <param name="Anchored">True when the installation's chain was compared with an anchor.</param>
/// <param name="Mac">What the MAC of the anchored head was worth, in words: how far it holds, that there is none, or why it was not checked.</param>
/// <param name="Findings">In the order they were found, at most 100.</param>
public sealed record AuditVerdict(int ExitCode, string Summary, bool Anchored, string Mac, long Records, int Segments, IReadOnlyList<AuditFinding> Findings)
{
    public const int Intact = 0, Torn = 10, Altered = 11, Truncated = 12;
}

/// <param name="File">Path below the state folder.</param>
/// <param name="Line">From 1; null when the finding is about the whole file.</param>
/// <param name="Seq">The record that was expected or found there, where that can be said.</param>
public sealed record AuditFinding(int Code, string File, long? Line, long? Seq, string What);
