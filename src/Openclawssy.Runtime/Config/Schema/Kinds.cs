using System.Globalization;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>The kinds of value the table is written in.</summary>
static class Kinds
{
    public static readonly Kind<bool> Flag = new FlagKind();
    public static readonly Kind<ConfigSecret?> Secret = new SecretKind();
    public static readonly Kind<IReadOnlyDictionary<string, ConfigSecret>> Headers = new HeadersKind();
    public static readonly Kind<string> Name = new TextKind("not blank", NotBlank);
    public static readonly Kind<string> OptionalName = new TextKind("", NotBlank, blankIsUnset: true);
    public static readonly Kind<string> FilePath = new TextKind("a path; relative ones start at the instance's root", PathText);
    public static readonly Kind<string> OptionalPath = new TextKind("a path; relative ones start at the instance's root", PathText, blankIsUnset: true);
    public static readonly Kind<string> PathOrNone = new TextKind("a path; relative ones start at the instance's root", text => text.Length == 0 ? null : PathText(text));
    public static readonly Kind<string> Agent = new TextKind("an agent id", AgentName);
    public static readonly Kind<string> Provider = Choice([.. KnownProviders.Names.Select(name => (name, name))]);
    public static readonly Kind<string> OptionalProvider = Choice([("", ""), .. KnownProviders.Names.Select(name => (name, name))]);
    public static readonly Kind<string> Environment = new TextKind("name of an environment variable", EnvironmentName);
    public static readonly Kind<string> Url = new TextKind("`https://…`, or `http://…` on this machine", BaseUrl.Complain, blankIsUnset: true, repeat: false, BaseUrl.Normalize);
    public static readonly Kind<string> SocketUrl = new TextKind("`wss://host`, or `ws://…` on this machine", SocketText, blankIsUnset: true, repeat: false, text => text.Trim().TrimEnd('/'));
    public static readonly Kind<string> BindAddress = new TextKind("an IP address", text => IpText.IsAddress(text) ? null : "must be an IP address such as 127.0.0.1 or ::1; names are not allowed");
    public static readonly Kind<string> Anchor = new TextKind("`auto`, `none`, `journald`, `file:/path` or `command:/path`", AnchorText);
    public static readonly Kind<string> MaxTokensField = Choice([("max_tokens", "max_tokens"), ("max_completion_tokens", "max_completion_tokens")]);

    public static readonly Kind<IReadOnlyList<string>> Names = new TextListKind("no blank entry", NotBlank);
    public static readonly Kind<IReadOnlyList<string>> Agents = new TextListKind("agent ids", AgentName);
    public static readonly Kind<IReadOnlyList<string>> Domains = new TextListKind("host names or IP addresses; `*.` before a name means its subdomains, `:port` another port, `http://` plain http too", DomainText, text => text.ToLowerInvariant());
    public static readonly Kind<IReadOnlyList<string>> Commands = new TextListKind("a program and its first arguments, words as in a shell; `*` is every command", CommandText);
    public static readonly Kind<IReadOnlyList<string>> Addresses = new TextListKind("absolute paths", AddressText);
    public static readonly Kind<IReadOnlyList<string>> Variables = new TextListKind("names of environment variables", EnvironmentName);
    public static readonly Kind<IReadOnlyList<string>> WorkspacePaths = new TextListKind("paths inside the workspace", InsideText);

    public static Kind<int> Whole(int min, int max, string? zero = null) => new WholeKind(min, max, zero);
    public static Kind<int?> MaybeWhole(int min, int max) => new MaybeKind<int>(new WholeKind(min, max));
    public static Kind<double?> MaybeNumber(decimal min, decimal max) => new MaybeKind<double>(new DoubleKind(min, max));
    public static Kind<decimal?> Price { get; } = new MaybeKind<decimal>(new DecimalKind(0, 1_000_000));
    public static Kind<T> Choice<T>((string Word, T Value)[] words) where T : notnull => new ChoiceKind<T>(words);

    public static string? AgentName(string text) =>
        AgentId.TryParse(text, out _) ? null : "is no agent id: use 1 to 64 letters, digits, '_', '-' or '.', starting with a letter or digit";

    public static string? NotBlank(string text) => string.IsNullOrWhiteSpace(text) ? "must not be blank" : Printable(text);

    static string? Printable(string text) =>
        text.Any(char.IsControl) ? "must not hold control characters" : text.Length > 1000 ? "must have at most 1000 characters" : null;

    static string? PathText(string text) => string.IsNullOrWhiteSpace(text) ? "must not be blank" : text.Any(char.IsControl) ? "must not hold control characters" : text.Length > 4000 ? "must have at most 4000 characters" : null;

    static string? EnvironmentName(string text) =>
        text.Length is > 0 and <= 128 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? null : "must be the name of an environment variable: letters, digits and '_', not starting with a digit";

    static string? CommandText(string text) => NotBlank(text) ?? (CommandWords.TrySplit(text, out _, out var problem) ? null : problem);

    static string? SocketText(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("wss" or "ws") || url.Host.Length == 0 ? "must be a complete address that begins with wss:// or ws://"
        : url.UserInfo.Length > 0 || text.Contains('@') ? "must not hold a user name or password"
        : url.AbsolutePath != "/" || url.Query.Length > 0 || url.Fragment.Length > 0 ? "must be a host alone, without a path; what follows is added to it"
        : url.Scheme == "ws" && !IpText.IsLoopback(url.Host.Trim('[', ']')) ? "must begin with wss:// for another machine: the token would travel in the clear"
        : null;

    static string? AddressText(string text) => PathText(text) ?? (text[0] == '/' && !text.Split('/').Contains("..") ? null : "must be an absolute path without ..");

    static string? AnchorText(string text)
    {
        if (text is "auto" or "none" or "journald") return null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && text[..colon] is "file" or "command" && text[(colon + 1)..].StartsWith('/')) return PathText(text);
        return "must be auto, none, journald, file:/absolute/path or command:/absolute/path";
    }

    static string? DomainText(string text)
    {
        var host = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text["http://".Length..] : text;
        var subdomains = host.StartsWith("*.", StringComparison.Ordinal) || host.StartsWith('.');
        if (subdomains) host = host[(host[0] == '*' ? 2 : 1)..];
        var colon = host.LastIndexOf(':');
        if (colon > 0 && (host[colon - 1] == ']' || host.IndexOf(':') == colon))
        {
            if (!int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535) return NoDomain;
            host = host[..colon];
        }
        if (!subdomains && IpText.IsAddress(host is ['[', .., ']'] ? host[1..^1] : host)) return null;
        var labels = host.Split('.');
        var fits = host.Length is > 0 and <= 253 && Array.TrueForAll(labels, label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsLetterOrDigit(c) || c == '-'));
        return fits && !labels[^1].All(char.IsAsciiDigit) ? null : NoDomain;
    }

    const string NoDomain = "must be a host such as example.com, *.example.com, example.com:8443 or http://example.com, without path or spaces";

    static string? InsideText(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "must not be blank";
        if (text[0] == '/' || text.Contains('\\') || text.Split('/').Any(part => part is ".." or "."))
            return "must be a path inside the workspace, written with '/', without . and ..";
        return Printable(text);
    }
}
