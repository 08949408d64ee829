using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>Credentials inside addresses: <c>scheme://user:password@host</c>, and webhooks whose path is the secret.</summary>
static class AddressSecret
{
    static readonly SearchValues<char> UserEnds = SearchValues.Create(":/?#@ \t\r\n\"'`\\<>");
    static readonly SearchValues<char> PasswordEnds = SearchValues.Create("/?#@ \t\r\n\"'`\\<>");
    static readonly SearchValues<char> PathEnds = SearchValues.Create("?# \t\r\n\"'`\\<>)],");
    static readonly string[] Words = ["password", "passwd", "pass", "pwd", "secret", "token", "pw"];
    static readonly string[] Webhooks = ["hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/"];

    public static bool TryFindPassword(ReadOnlySpan<char> text, int at, ref int resume, out int start, out int end)
    {
        (start, end) = (0, 0);
        var user = at + 3;
        var colon = text[user..].IndexOfAny(UserEnds);
        if (colon < 0 || text[user + colon] != ':') return false;
        start = user + colon + 1;
        var stop = text[start..].IndexOfAny(PasswordEnds);
        resume = Math.Max(resume, start);
        if (stop < 3 || text[start + stop] != '@') return false;
        end = start + stop;

        var password = text[start..end];
        foreach (var word in Words)
            if (password.Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        return !Plausible.IsPlaceholder(password);
    }

    public static bool TryFindWebhook(ReadOnlySpan<char> text, int at, ref int resume, out int start, out int end)
    {
        (start, end) = (0, 0);
        foreach (var webhook in Webhooks)
        {
            if (!text[at..].StartsWith(webhook, StringComparison.OrdinalIgnoreCase)) continue;
            start = at + webhook.Length;
            var stop = text[start..].IndexOfAny(PathEnds);
            end = stop < 0 ? text.Length : start + stop;
            resume = end;
            return end - start >= 20 && Plausible.Body(text[start..end], 2);
        }
        return false;
    }
}
