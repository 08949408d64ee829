using System.Text.RegularExpressions;

namespace Openclawssy.Tests.Policy;

/// <summary>The control: the earlier implementation's four patterns, written from their description. It must fail where ours passes.</summary>
static partial class NaiveRedactor
{
    public static string Redact(string text)
    {
        foreach (var pattern in new[] { Named(), Bearer(), Shouted(), LongRun() }) text = pattern.Replace(text, "[REDACTED]");
        return text;
    }

    [GeneratedRegex("""(?i)(?:api[-_ ]?key|token|secret|password)\s*[:=]\s*["']?[^\s"']+""")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?i)bearer\s+[A-Za-z0-9\-._~+/]+=*")]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\b[A-Z0-9_]*(?:TOKEN|KEY|SECRET|PASSWORD)\b\s*=\s*\S+")]
    private static partial Regex Shouted();

    [GeneratedRegex(@"\b[A-Za-z0-9_-]{24,}\b")]
    private static partial Regex LongRun();
}
