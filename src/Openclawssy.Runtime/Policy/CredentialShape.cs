using System.Buffers;

namespace Openclawssy.Runtime.Policy;

/// <summary>A credential that says what it is by how it begins, as its issuer documents it.</summary>
/// <param name="Prefix">How it begins, letter by letter.</param>
/// <param name="Alphabet">Characters that may follow.</param>
/// <param name="Min">Fewest characters after the prefix.</param>
/// <param name="Max">Most characters after the prefix; a longer run is something else.</param>
/// <param name="Digits">Fewest digits among them; 1 also accepts letters in random case.</param>
sealed record CredentialShape(string Prefix, SearchValues<char> Alphabet, int Min, int Max, int Digits)
{
    const int NoLimit = int.MaxValue;

    /// <summary>A refused run up to this length may be read again, for a name such as <c>API-KEY</c> begins like a credential.</summary>
    const int Short = 64;

    const string Hexadecimal = "0123456789abcdefABCDEF";
    const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static readonly SearchValues<char> Hex = SearchValues.Create(Hexadecimal);
    static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    static readonly SearchValues<char> UpperDash = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    static readonly SearchValues<char> Plain = SearchValues.Create(Alphanumeric);
    static readonly SearchValues<char> Word = SearchValues.Create(Alphanumeric + "_-");
    static readonly SearchValues<char> Dotted = SearchValues.Create(Alphanumeric + "_-.");
    static readonly SearchValues<char> Base64 = SearchValues.Create(Alphanumeric + "+/=_-");

    /// <summary>One line per issuer and kind. What is not here is found by its name (<c>…_TOKEN=</c>) or, if stored, by its value.</summary>
    public static readonly CredentialShape[] All =
    [
        // Models.
        new("sk-ant-", Word, 60, NoLimit, 3), new("sk-proj-", Word, 20, NoLimit, 2), new("sk-or-", Word, 20, NoLimit, 2), new("sk-", Word, 20, NoLimit, 2),
        new("pplx-", Plain, 40, 64, 3), new("gsk_", Plain, 40, 64, 3), new("xai-", Plain, 40, NoLimit, 3), new("r8_", Plain, 30, 48, 3),
        new("hf_", Plain, 34, 40, 1), new("api_org_", Plain, 34, 40, 1), new("ABSK", Base64, 100, NoLimit, 2), new("bedrock-api-key-", Base64, 20, NoLimit, 1),
        // Code hosts and package registries.
        new("ghp_", Plain, 36, 255, 2), new("gho_", Plain, 36, 255, 2), new("ghu_", Plain, 36, 255, 2), new("ghs_", Plain, 36, 255, 2), new("ghr_", Plain, 36, 255, 2),
        new("github_pat_", Word, 40, 255, 3), new("glpat-", Dotted, 20, 320, 1), new("glptt-", Word, 40, 64, 3), new("glrt-", Dotted, 20, 320, 1),
        new("gldt-", Word, 20, 64, 1), new("glcbt-", Word, 20, 64, 1), new("glft-", Word, 20, 64, 1), new("glimt-", Word, 20, 64, 1),
        new("glagent-", Word, 40, 64, 1), new("gloas-", Word, 60, 80, 3), new("glsoat-", Word, 20, 64, 1), new("GR1348941", Word, 20, 24, 1),
        new("_gitlab_session=", Hex, 32, 32, 4), new("npm_", Plain, 36, 36, 2), new("pypi-AgEI", Word, 50, NoLimit, 2), new("rubygems_", Hex, 48, 48, 6),
        new("dckr_pat_", Word, 20, 64, 1), new("CLOJARS_", Hex, 50, 64, 6), new("ATATT3", Base64, 80, NoLimit, 4), new("ATBB", Plain, 28, 40, 2),
        new("AKCp", Plain, 60, 80, 4), new("cmVmd", Plain, 59, 59, 4), new("sgp_", Word, 40, 80, 6), new("sqp_", Plain, 40, 40, 6), new("squ_", Hex, 40, 40, 6),
        // Clouds.
        new("AKIA", Upper, 16, 16, 1), new("ASIA", Upper, 16, 16, 1), new("ABIA", Upper, 16, 16, 1), new("ACCA", Upper, 16, 16, 1), new("LTAI", Plain, 16, 24, 2),
        new("AIza", Word, 35, 35, 2), new("ya29.", Dotted, 20, NoLimit, 2), new("GOCSPX-", Word, 28, 28, 1), new("dop_v1_", Hex, 64, 64, 8),
        new("doo_v1_", Hex, 64, 64, 8), new("dor_v1_", Hex, 64, 64, 8), new("dapi", Hex, 32, 34, 5), new("pul-", Hex, 40, 40, 6), new("hvs.", Word, 24, NoLimit, 2),
        new("hvb.", Word, 100, NoLimit, 4), new("fo1_", Word, 43, 43, 2), new("fm1r_", Base64, 60, NoLimit, 4), new("fm2_", Base64, 60, NoLimit, 4),
        new("sha256~", Word, 43, 43, 2), new("nfp_", Plain, 36, 40, 2), new("dp.pt.", Plain, 40, 44, 2), new("pnu_", Plain, 36, 36, 2), new("ops_eyJ", Base64, 200, NoLimit, 4),
        new("AGE-SECRET-KEY-1", Upper, 58, 58, 4), new("A3-", UpperDash, 32, 37, 4), new("p8e-", Hex, 32, 32, 4),
        // Messages, payments, shops, monitoring.
        new("xoxb-", Word, 20, NoLimit, 10), new("xoxp-", Word, 20, NoLimit, 10), new("xoxa-", Word, 20, NoLimit, 10), new("xoxo-", Word, 20, NoLimit, 8),
        new("xoxr-", Word, 20, NoLimit, 8), new("xoxs-", Word, 20, NoLimit, 8), new("xoxe-", Word, 40, NoLimit, 8), new("xoxe.xox", Word, 40, NoLimit, 8),
        new("xapp-", Word, 20, NoLimit, 8), new("SG.", Dotted, 60, 80, 3), new("sk_live_", Plain, 10, 128, 1), new("sk_test_", Plain, 10, 128, 1),
        new("rk_live_", Plain, 10, 128, 1), new("rk_test_", Plain, 10, 128, 1), new("sk_prod_", Plain, 10, 128, 1), new("rk_prod_", Plain, 10, 128, 1),
        new("whsec_", Base64, 24, 128, 2), new("sq0atp-", Word, 22, 64, 2), new("sq0csp-", Word, 30, 64, 2), new("EAAA", Word, 50, 64, 2),
        new("shpat_", Hex, 32, 32, 4), new("shpca_", Hex, 32, 32, 4), new("shppa_", Hex, 32, 32, 4), new("shpss_", Hex, 32, 32, 4),
        new("SK", Hex, 32, 32, 4), new("key-", Hex, 32, 32, 4), new("lin_api_", Plain, 40, 40, 2), new("ntn_", Plain, 46, 46, 8), new("PMAK-", Word, 59, 59, 6),
        new("glsa_", Word, 41, 41, 4), new("glc_", Base64, 32, 400, 2), new("sntrys_", Base64, 80, NoLimit, 4), new("sntryu_", Hex, 64, 64, 8),
        new("dt0c01.", Dotted, 80, 96, 4), new("NRAK-", Plain, 27, 27, 2), new("API-", Upper, 25, 26, 4), new("s-s4t2ud-", Hex, 64, 64, 8), new("s-s4t2af-", Hex, 64, 64, 8),
    ];

    /// <summary>
    /// The end of such a credential that begins here, or 0. <paramref name="looked"/> is how far the text was read, so that
    /// what was refused is not read again.
    /// </summary>
    public int Match(ReadOnlySpan<char> text, int at, ref int looked)
    {
        if (!text[at..].StartsWith(Prefix, StringComparison.Ordinal)) return 0;
        var body = text[(at + Prefix.Length)..];
        var length = body.IndexOfAnyExcept(Alphabet);
        if (length < 0) length = body.Length;
        if (length > Short) looked = Math.Max(looked, at + Prefix.Length + length);
        while (length > Min && body[length - 1] is '.' or '-' && Alphabet != Word) length--;
        if (length < Min || length > Max) return 0;
        if (length < body.Length && char.IsAsciiLetterOrDigit(body[length])) return 0;
        return Plausible.Body(body[..length], Digits) ? at + Prefix.Length + length : 0;
    }
}
