using System.Net.Http.Headers;
using System.Text;

namespace Openclawssy.Providers;

/// <summary>
/// A provider's key. Its value never leaves this class except into an <c>Authorization</c> header; it can also be taken out of a text
/// that might repeat it.
/// </summary>
sealed class ApiKey
{
    /// <summary>Shorter values are not looked for in texts: they would take ordinary words out.</summary>
    const int ShortestScrubbed = 6;

    readonly string? value;
    readonly string[] forms;

    /// <param name="source">Where a person can change it, for error messages.</param>
    public ApiKey(string value, string source, IEnumerable<string>? alsoScrub = null)
    {
        this.value = value;
        Source = source;
        forms = FormsOf((alsoScrub ?? []).Append(value));
    }

    ApiKey(IEnumerable<string> alsoScrub) => (Source, forms) = ("nowhere", FormsOf(alsoScrub));

    /// <summary>For a server that asks for no key: nothing is sent in its place.</summary>
    public static ApiKey None(IEnumerable<string> alsoScrub) => new(alsoScrub);

    public string Source { get; }

    /// <summary>False for a server that is said to ask for none.</summary>
    public bool IsSent => value is not null;

    public void Authorize(HttpRequestMessage request) => request.Headers.Authorization = value is null ? null : new AuthenticationHeaderValue("Bearer", value);

    /// <summary>The text without the key in any of the forms a server may echo it in: raw, base64, hex and URL.</summary>
    public string Scrub(string text)
    {
        foreach (var form in forms) text = text.Replace(form, "[key]", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    public override string ToString() => $"[key from {Source}]";

    static string[] FormsOf(IEnumerable<string> values) => [.. values.Where(text => text.Length >= ShortestScrubbed).SelectMany(Forms).Distinct().OrderByDescending(form => form.Length)];

    static IEnumerable<string> Forms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return [value, Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexStringLower(bytes), Uri.EscapeDataString(value)];
    }
}
