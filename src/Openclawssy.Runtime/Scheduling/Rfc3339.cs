using System.Globalization;

namespace Openclawssy.Runtime.Scheduling;

/// <summary>Instants as RFC 3339 writes them, always with an offset.</summary>
static class Rfc3339
{
    static readonly string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>In UTC; null when it is none.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length < 20 || !char.IsAsciiDigit(text[0])) return null;
        var upper = text.ToUpperInvariant();
        // Without an offset it would mean the machine's own time.
        if (upper[^1] != 'Z' && !(text.Length >= 25 && upper[^6] is '+' or '-' && upper[^3] == ':')) return null;
        return DateTimeOffset.TryParseExact(upper, forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;
    }

    /// <summary>In UTC, with as many digits as it needs.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
