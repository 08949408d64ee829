using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Storage;

namespace Openclawssy;

/// <summary>Where the audit's end is remembered outside the installation (<c>audit.anchor</c>).</summary>
static class Anchors
{
    /// <summary>Null when the operator wants none, or when the user has no state folder to put it in (<c>doctor</c> says so).</summary>
    public static IAuditAnchor? Of(AuditConfig config, StateFolder state, Func<string, string?> variable) => config.Anchor switch
    {
        "none" => null,
        "auto" => UserPlace("anchors", state, variable) is { } path ? new FileAnchor(path) : null,
        ['f', 'i', 'l', 'e', ':', .. var path] => new FileAnchor(path),
        _ => throw new NotSupportedException($"audit.anchor \"{config.Anchor}\" is not built yet; use \"auto\", \"none\" or \"file:/absolute/path\""),
    };

    /// <summary>For who will write it: its folder is made now, so that a place that cannot be written stops the program before a run, not after.</summary>
    public static IAuditAnchor? ForWriting(AuditConfig config, StateFolder state, Func<string, string?> variable)
    {
        var anchor = Of(config, state, variable);
        if (anchor is not null) DurableFile.EnsureFolder(Path.GetDirectoryName(anchor.Place)!);
        return anchor;
    }

    /// <summary>For <c>audit verify</c>: the configured anchor, or the default one when the configuration cannot be read.</summary>
    public static IAuditAnchor? ForChecking(StateFolder state, Func<string, string?> variable) =>
        Of(ConfigFile.Load(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), state.ConfigFile).Config?.Audit ?? new(), state, variable);

    /// <summary>A file of the user's own, outside the installation, for what is remembered of it; null when the user has no state folder.</summary>
    public static string? UserPlace(string kind, StateFolder state, Func<string, string?> variable) =>
        UserStateFolder(variable) is { } folder ? Path.Combine(folder, "openclawssy", kind, NameOf(state.Path)) : null;

    // A service user often has no home: then there is no place for an anchor, and doctor says so.
    // $XDG_STATE_HOME, by default ~/.local/state (XDG Base Directory Specification); relative values are to be ignored.
    static string? UserStateFolder(Func<string, string?> variable) =>
        variable("XDG_STATE_HOME") is { } state && Path.IsPathRooted(state) ? state
        : variable("HOME") is { } home && Path.IsPathRooted(home) && Directory.Exists(home) ? Path.Combine(home, ".local", "state")
        : null;

    // One file for each place an installation stands at; its content names the installation itself.
    static string NameOf(string statePath) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(statePath)).AsSpan(0, 12)) + ".json";
}
