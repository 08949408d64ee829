namespace Openclawssy.Runtime.Policy;

public enum VerdictKind { Deny, Allow, Ask }

/// <summary>What policy says about one call. Three answers; only <see cref="VerdictKind.Allow"/> lets anything happen.</summary>
/// <param name="Rule">Which rule decided, for example <c>grant</c> or <c>no_grant</c>.</param>
/// <param name="WrittenAt">Where that rule is written, so that a person can change it.</param>
/// <param name="Reason">A sentence the model and the person may read.</param>
public sealed record Verdict(VerdictKind Kind, string Rule, string WrittenAt, string Reason)
{
    public bool Allows => Kind == VerdictKind.Allow;

    /// <summary><c>allow</c>, <c>deny</c> or <c>ask</c>, as the journal writes it.</summary>
    public string Word => Kind switch { VerdictKind.Allow => "allow", VerdictKind.Ask => "ask", _ => "deny" };

    /// <summary>What to do about it now: approvals do not exist yet, so a question is answered with no.</summary>
    public Verdict WithoutApprovals() => Kind == VerdictKind.Ask
        ? this with { Kind = VerdictKind.Deny, Reason = $"{Reason} A person would have to approve this, and approvals do not exist yet, so it is denied." }
        : this;
}
