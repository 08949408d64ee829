using System.Buffers;
using System.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>
/// The values the vault holds, ready to be found. Every text is scrubbed of them at the entrance, before the model, the journal
/// or anybody sees it. Exact matching only: what is not a stored value is never touched.
/// </summary>
public sealed class KnownSecrets
{
    /// <summary>Shortest value that can be scrubbed without destroying ordinary words, in characters.</summary>
    public const int MinLength = 8;

    readonly SearchValues<string>? needles;
    readonly Dictionary<char, Needle[]> byFirst = [];

    readonly record struct Needle(string Text, string Name);

    public static KnownSecrets None { get; } = new([]);

    /// <exception cref="ArgumentException">A value is shorter than <see cref="MinLength"/>; the message names the secret, not the value.</exception>
    public KnownSecrets(IEnumerable<(string Name, string Value)> secrets) : this(secrets, text => text) { }

    /// <summary>The same for bytes: to be found in texts in which each character is one byte.</summary>
    public static KnownSecrets InBytes(IEnumerable<(string Name, string Value)> secrets) => new(secrets, text => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)));

    KnownSecrets(IEnumerable<(string Name, string Value)> secrets, Func<string, string> written)
    {
        var all = new Dictionary<string, Needle>(StringComparer.Ordinal);
        foreach (var (name, value) in secrets)
        {
            if (value.Length < MinLength)
                throw new ArgumentException($"the value of secret \"{name}\" is shorter than {MinLength} characters; it could not be kept out of texts", nameof(secrets));
            foreach (var form in SecretForms.Of(value).Select(written)) all.TryAdd(form, new(form, written(name)));
        }
        if (all.Count == 0) return;

        needles = SearchValues.Create([.. all.Keys], StringComparison.Ordinal);
        byFirst = all.Values.GroupBy(needle => needle.Text[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(needle => needle.Text.Length).ToArray());
        Longest = all.Keys.Max(text => text.Length);
    }

    /// <summary>Length of the longest spelling, in characters; 0 when nothing is known.</summary>
    internal int Longest { get; }

    /// <summary>Replaces every known value, in every spelling, by <c>[secret:NAME]</c>. Overlapping values are covered whole.</summary>
    public Redacted Scrub(string text)
    {
        if (needles is null || !text.AsSpan().ContainsAny(needles)) return new(text, 0);

        var clean = new StringBuilder(text.Length);
        var (copied, count) = (0, 0);
        foreach (var found in Find(text))
        {
            if (found.Start > copied) clean.Append(text, copied, found.Start - copied);
            clean.Append("[secret:").Append(found.Name).Append(']');
            (copied, count) = (found.End, count + 1);
        }
        return new(clean.Append(text, copied, text.Length - copied).ToString(), count);
    }

    internal readonly record struct Found(int Start, int End, string Name);

    /// <summary>Matches from left to right, the longest at each place; one that overlaps the match before only where it reaches further.</summary>
    internal IEnumerable<Found> Find(string text)
    {
        var covered = 0;
        for (var from = 0; needles is not null && from < text.Length; from++)
        {
            var distance = text.AsSpan(from).IndexOfAny(needles);
            if (distance < 0) yield break;
            from += distance;
            foreach (var needle in byFirst[text[from]])
            {
                if (!text.AsSpan(from).StartsWith(needle.Text, StringComparison.Ordinal)) continue;
                if (from + needle.Text.Length > covered) yield return new(from, covered = from + needle.Text.Length, needle.Name);
                break;
            }
        }
    }

    /// <summary>Where the longest end of the text begins that could still become a known value; the text's length when none could.</summary>
    internal int UnfinishedFrom(string text)
    {
        for (var start = Math.Max(0, text.Length - Longest + 1); start < text.Length; start++)
        {
            if (!byFirst.TryGetValue(text[start], out var candidates)) continue;
            var rest = text.AsSpan(start);
            foreach (var needle in candidates)
                if (needle.Text.Length > rest.Length && needle.Text.AsSpan().StartsWith(rest, StringComparison.Ordinal)) return start;
        }
        return text.Length;
    }
}
