using Openclawssy.Runtime.Config;

namespace Openclawssy.Setup;

/// <summary>The configuration as it will be, worked out and checked before anything is written.</summary>
/// <param name="Text">Null when nothing of it changes.</param>
sealed record SetupPlan(byte[]? Text, OpenclawssyConfig Config)
{
    /// <param name="before">The file as it is; null when there is none, or a new one is wanted.</param>
    /// <param name="workspace">Absolute path for a new file; null is the default below the instance.</param>
    /// <exception cref="ConfigRefusedException">The file as it is, or as it would be, is no valid configuration.</exception>
    /// <param name="kept">What a new file takes over from the one it replaces; null when that is nothing, or cannot be read.</param>
    public static SetupPlan Of(byte[]? before, string? workspace, string displayName, SetupAnswers answers, SecretsConfig? kept = null)
    {
        var text = before ?? Initialization.FreshConfig(workspace, kept);
        var changed = text;
        var store = new ConfigStore(displayName, () => text, written => changed = written, _ => { });
        var present = store.Load().Require();
        var config = store.Change([.. Changes(present, answers)]).Require();
        return new(before is null || !changed.AsSpan().SequenceEqual(before) ? changed : null, config);
    }

    // What is already so is not written again: a person's own lines stay as they are.
    static IEnumerable<ConfigChange> Changes(OpenclawssyConfig present, SetupAnswers answers)
    {
        if (present.Model.Provider != answers.Provider) yield return Change("model.provider", Quoted(answers.Provider));
        if (present.Model.Name != answers.Model) yield return Change("model.name", Quoted(answers.Model));
        if (answers.BaseUrl is { } address && present.Providers.GetValueOrDefault(answers.Provider)?.BaseUrl != address) yield return Change($"providers.{answers.Provider}.base_url", Quoted(address));
        if ((present.Providers.GetValueOrDefault(answers.Provider)?.Keyless == true) != answers.Keyless) yield return Change($"providers.{answers.Provider}.keyless", answers.Keyless ? "true" : "false");
        foreach (var change in Network(present.Network, answers.Hosts)) yield return change;
        foreach (var change in Commands(present, answers.Commands)) yield return change;
        if (answers.ChatUsers is { } users && !present.Chat.AllowUsers.SequenceEqual(users))
        {
            if (!present.Chat.Enabled && users.Count > 0) yield return Change("chat.enabled", "true");
            yield return Change("chat.allow_users", Quoted(users));
        }
        if (answers.Discord is { } discord)
        {
            if (!present.Discord.Enabled) yield return Change("discord.enabled", "true");
            if (!present.Discord.AllowUsers.SequenceEqual(discord.Users)) yield return Change("discord.allow_users", Quoted(discord.Users));
        }
        if (answers.Https && !present.Server.TlsEnabled)
        {
            yield return Change("server.tls_enabled", "true");
            yield return Change("server.tls_cert_file", Quoted(present.Server.TlsCertFile));
            yield return Change("server.tls_key_file", Quoted(present.Server.TlsKeyFile));
        }
    }

    static IEnumerable<ConfigChange> Network(NetworkConfig present, IReadOnlyList<string>? hosts)
    {
        if (hosts is null) yield break;
        if (present.Enabled != hosts.Count > 0) yield return Change("network.enabled", hosts.Count > 0 ? "true" : "false");
        if (hosts.Count > 0 && !present.AllowedDomains.SequenceEqual(hosts)) yield return Change("network.allowed_domains", Quoted(hosts));
    }

    static IEnumerable<ConfigChange> Commands(OpenclawssyConfig present, IReadOnlyList<string>? commands)
    {
        if (commands is null) yield break;
        if (commands.Count > 0 && present.Sandbox.Provider == SandboxProvider.None) yield return Change("sandbox.provider", "\"local\"");
        if (commands.Count > 0 && !present.Sandbox.Active) yield return Change("sandbox.active", "true");
        if (present.Shell.EnableExec != commands.Count > 0) yield return Change("shell.enable_exec", commands.Count > 0 ? "true" : "false");
        if (commands.Count > 0 && !present.Shell.AllowedCommands.SequenceEqual(commands)) yield return Change("shell.allowed_commands", Quoted(commands));
    }

    static ConfigChange Change(string path, string json) => new(ConfigPath.Parse(path), json);

    static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    static string Quoted(IReadOnlyList<string> texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";
}
