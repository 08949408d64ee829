using System.Globalization;
using System.Text;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Workspaces;

/// <summary>
/// The names no agent may change, whether they are there or not. An entry of one part matches that name anywhere in a path, an
/// entry of several parts that sequence anywhere. Decided on names alone, so that a file that does not exist yet is protected too.
/// </summary>
sealed class Protection
{
    /// <summary>Protected whatever the configuration says, and not readable either.</summary>
    public const string ControlPlane = ".openclawssy";

    static readonly string[] documents = ["SOUL.md", "RULES.md", "TOOLS.md", "SPECPLAN.md", "DEVPLAN.md", "HANDOFF.md"];

    readonly Rule[] rules;

    public Protection(IReadOnlyList<string> entries)
    {
        var parsed = new List<Rule> { new(ControlPlane, [ControlPlane]) };
        foreach (var entry in entries)
        {
            var parts = entry.Trim().Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Select(Fold).ToArray();
            if (parts.Length == 0 || parts.Any(part => part is "" or "..") || entry.Contains('\0'))
                throw new WorkspaceException($"\"{entry}\" in workspace.protected names nothing; write a name such as \".envrc\" or a path such as \".git/hooks\"");
            parsed.Add(new(entry, parts));
        }
        rules = [.. parsed];
    }

    /// <exception cref="ToolException"><c>policy.denied</c> naming the rule.</exception>
    public void DemandChangeable(IReadOnlyList<string> parts, WorkspacePath asked, AgentId? agent)
    {
        var folded = new string[parts.Count];
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = Fold(parts[i]);
            if (RuleAt(folded.AsSpan(0, i + 1)) is { } rule) throw Refuse(rule, parts[i], asked, agent, inside: null);
        }
    }

    /// <summary>The same for an entry somewhere below what was asked for. The folders above it were looked at before.</summary>
    /// <param name="folded">Folded names from the workspace's root down to the entry.</param>
    public void DemandChangeable(ReadOnlySpan<string> folded, string name, WorkspacePath asked, AgentId? agent)
    {
        if (RuleAt(folded) is { } rule) throw Refuse(rule, name, asked, agent, inside: string.Join('/', folded.ToArray()));
    }

    /// <summary>Whether a rule ends exactly here.</summary>
    /// <param name="folded">Folded names from the workspace's root down to the entry.</param>
    public bool Names(ReadOnlySpan<string> folded) => RuleAt(folded) is not null;

    /// <summary>The rules as paths from the workspace's root.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths => rules.Select(rule => rule.Parts);

    public static void DemandReadable(IReadOnlyList<string> parts, WorkspacePath asked)
    {
        foreach (var part in parts)
            if (IsControlPlane(part))
                throw ToolException.Denied($"{Refusal.Quoted(asked)} is part of the control plane ({ControlPlane}), which file tools cannot reach", asked.Given);
    }

    public static bool IsControlPlane(string name) => Same(Fold(name), ControlPlane);

    /// <summary>
    /// The form in which names are compared. File systems that fold case also drop characters that do not show, and some drop
    /// dots and spaces at the end: on those, another spelling reaches the same file.
    /// </summary>
    public static string Fold(string name)
    {
        if (Ascii.IsValid(name)) return name.Length > 0 && name[^1] is '.' or ' ' ? name.TrimEnd('.', ' ') : name;
        var folded = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            if (rune.Value == 0x17f) folded.Append('s');
            else if (rune.Value == 0x212a) folded.Append('k');
            else if (!IsInvisible(rune)) folded.Append(rune);
        return folded.ToString().TrimEnd('.', ' ');
    }

    static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x34f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or 0x3164 or 0xffa0
        || rune.Value is (>= 0x180b and <= 0x180f) or (>= 0xfe00 and <= 0xfe0f) or (>= 0xe0000 and <= 0xe0fff);

    /// <summary>The rule whose last part is the last name, and whose other parts are the names before it.</summary>
    Rule? RuleAt(ReadOnlySpan<string> folded)
    {
        foreach (var rule in rules)
        {
            var parts = rule.Parts;
            if (parts.Length > folded.Length) continue;
            var at = parts.Length;
            while (at > 0 && Same(parts[at - 1], folded[folded.Length - parts.Length + at - 1])) at--;
            if (at == 0) return rule;
        }
        return null;
    }

    static ToolException Refuse(Rule rule, string name, WorkspacePath asked, AgentId? agent, string? inside)
    {
        var where = inside is null ? Refusal.Quoted(asked) : $"{Refusal.Quoted(asked)} would change \"{inside}\", which";
        var document = Array.Find(documents, document => Same(document, Fold(name)));
        return ToolException.Denied(
            document is null
                ? $"{where} is protected by the rule \"{rule.Entry}\" in workspace.protected"
                : $"{where} is protected by the rule \"{rule.Entry}\" in workspace.protected: a file of this name in the workspace does not control agent behavior; "
                    + $"the real one is {ControlPlane}/agents/{agent?.ToString() ?? "<agent>"}/{document} (.openclawssy/agents/<agent>/<file>), and a person changes it",
            asked.Given);
    }

    static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    sealed record Rule(string Entry, string[] Parts);
}
