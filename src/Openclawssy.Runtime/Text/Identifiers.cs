using System.Diagnostics.CodeAnalysis;

namespace Openclawssy.Runtime.Text;

/// <summary>An agent's name, parsed once at the boundary. A string is never an agent inside the houses.</summary>
public readonly record struct AgentId
{
    readonly string? value;
    AgentId(string value) => this.value = value;

    /// <summary>Letters, digits, <c>_ - .</c>, starting with a letter or digit, at most 64 characters.</summary>
    public static bool TryParse(string? text, out AgentId id)
    {
        var ok = IdentifierRule.Accepts(text, IdentifierRule.MaxLength);
        id = ok ? new(text!) : default;
        return ok;
    }

    /// <summary>Parses or throws <see cref="FormatException"/> with a sentence a person can act on.</summary>
    public static AgentId Parse(string text) => TryParse(text, out var id) ? id : throw IdentifierRule.Refuse("agent id", text);

    public override string ToString() => value ?? throw new InvalidOperationException("an agent id was never parsed");
}

/// <summary>A run's one id, from queue to bundle, audit, stream and cancel.</summary>
public readonly record struct RunId
{
    readonly string? value;
    RunId(string value) => this.value = value;

    public static bool TryParse(string? text, out RunId id)
    {
        var ok = IdentifierRule.Accepts(text, IdentifierRule.MaxLength) && text!.StartsWith("run_", StringComparison.Ordinal);
        id = ok ? new(text!) : default;
        return ok;
    }

    public static RunId Parse(string text) => TryParse(text, out var id) ? id : throw IdentifierRule.Refuse("run id", text);

    public override string ToString() => value ?? throw new InvalidOperationException("a run id was never parsed");
}

/// <summary>A conversation's id.</summary>
public readonly record struct SessionId
{
    readonly string? value;
    SessionId(string value) => this.value = value;

    public static bool TryParse(string? text, out SessionId id)
    {
        var ok = IdentifierRule.Accepts(text, IdentifierRule.MaxLength);
        id = ok ? new(text!) : default;
        return ok;
    }

    public static SessionId Parse(string text) => TryParse(text, out var id) ? id : throw IdentifierRule.Refuse("session id", text);

    public override string ToString() => value ?? throw new InvalidOperationException("a session id was never parsed");
}

/// <summary>A scheduled job's name.</summary>
public readonly record struct JobId
{
    readonly string? value;
    JobId(string value) => this.value = value;

    public static bool TryParse(string? text, out JobId id)
    {
        var ok = IdentifierRule.Accepts(text, IdentifierRule.MaxLength);
        id = ok ? new(text!) : default;
        return ok;
    }

    public static JobId Parse(string text) => TryParse(text, out var id) ? id : throw IdentifierRule.Refuse("job id", text);

    public override string ToString() => value ?? throw new InvalidOperationException("a job id was never parsed");
}

/// <summary>The one rule every identifier that can become a file name obeys.</summary>
static class IdentifierRule
{
    public const int MaxLength = 64;

    public static bool Accepts([NotNullWhen(true)] string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text) || text.Length > maxLength || !char.IsAsciiLetterOrDigit(text[0])) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return false;
        return !text.Contains("..", StringComparison.Ordinal);
    }

    public static FormatException Refuse(string what, string? text) => new(
        $"\"{text}\" is not a valid {what}: use 1 to {MaxLength} letters, digits, '_', '-' or '.', starting with a letter or digit");
}
