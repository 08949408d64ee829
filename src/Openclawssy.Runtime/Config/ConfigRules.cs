namespace Openclawssy.Runtime.Config;

/// <summary>The rules between keys, a method for each section. What one key alone may hold is in the table.</summary>
static class ConfigRules
{
    public static void Check(OpenclawssyConfig config, ConfigReading reading)
    {
        Shell(config, reading);
        Sandbox(config, reading);
        Server(config, reading);
        Engine(config, reading);
        Workspace(config, reading);
        Model(config, reading);
        Providers(config, reading);
        Agents(config, reading);
        Channels(config, reading);
    }

    static void Shell(OpenclawssyConfig config, ConfigReading reading)
    {
        if (config.Shell.EnableExec && !config.Sandbox.Active)
            reading.Refuse("shell.enable_exec", ConfigFault.Rule, "shell.enable_exec needs a sandbox: set sandbox.active to true, or shell.enable_exec to false", "sandbox.active");
        if (config.Shell.DefaultTimeoutMs > config.Shell.MaxTimeoutMs)
            reading.Refuse("shell.default_timeout_ms", ConfigFault.Rule,
                $"shell.default_timeout_ms must not be above shell.max_timeout_ms ({config.Shell.DefaultTimeoutMs} is above {config.Shell.MaxTimeoutMs})", "shell.max_timeout_ms");
    }

    static void Sandbox(OpenclawssyConfig config, ConfigReading reading)
    {
        if (config.Sandbox is { Active: true, Provider: SandboxProvider.None })
            reading.Refuse("sandbox.active", ConfigFault.Rule, "sandbox.active needs a sandbox.provider other than none: write \"local\"", "sandbox.provider");
        if (config.Sandbox.Local.Network != SandboxNetwork.Proxy) return;
        if (config.Sandbox.Local.Tier == SandboxTier.Landlock)
            reading.Warn("sandbox.local.network", "sandbox.local.network is \"proxy\", which the landlock tier cannot have: every command is refused; set sandbox.local.tier to \"bubblewrap\", or this to \"none\"");
        else if (!config.Network.Enabled)
            reading.Warn("sandbox.local.network", "sandbox.local.network is \"proxy\" and network.enabled is false: the proxy refuses every connection of a command");
    }

    static void Server(OpenclawssyConfig config, ConfigReading reading)
    {
        var server = config.Server;
        if (server.TlsEnabled)
        {
            if (string.IsNullOrWhiteSpace(server.TlsCertFile))
                reading.Refuse("server.tls_cert_file", ConfigFault.Rule, "server.tls_cert_file must name a file while server.tls_enabled is true", "server.tls_enabled");
            if (string.IsNullOrWhiteSpace(server.TlsKeyFile))
                reading.Refuse("server.tls_key_file", ConfigFault.Rule, "server.tls_key_file must name a file while server.tls_enabled is true", "server.tls_enabled");
        }
        else if (!IpText.IsLoopback(server.BindAddress))
            reading.Warn("server.bind_address", "server.bind_address is reachable from other machines without TLS: the token and everything else travels in the clear; set server.tls_enabled");
    }

    static void Engine(OpenclawssyConfig config, ConfigReading reading)
    {
        var (normal, max) = (config.Engine.DefaultRunTimeoutMs, config.Engine.MaxRunTimeoutMs);
        if (max > 0 && normal > max)
            reading.Refuse("engine.default_run_timeout_ms", ConfigFault.Rule,
                $"engine.default_run_timeout_ms must not be above engine.max_run_timeout_ms ({normal} is above {max})", "engine.max_run_timeout_ms");
    }

    static void Workspace(OpenclawssyConfig config, ConfigReading reading)
    {
        var missing = WorkspaceConfig.DefaultProtected.Where(path => !config.Workspace.Protected.Any(own => Covers(own, path))).ToList();
        if (missing.Count > 0)
            reading.Warn("workspace.protected", $"workspace.protected replaces the default and leaves out {string.Join(", ", missing)}: agents may write there");
    }

    static void Model(OpenclawssyConfig config, ConfigReading reading)
    {
        var model = config.Model;
        NeedsAddress("model.provider", model.Provider, config, reading);
        if (model.ContextWindow is { } window && model.MaxTokens >= window)
            reading.Refuse("model.max_tokens", ConfigFault.Rule,
                $"model.max_tokens must be below model.context_window ({model.MaxTokens} leaves nothing of {window} for the question)", "model.context_window");
        for (var i = 0; i < model.Fallbacks.Count; i++)
        {
            var choice = model.Fallbacks[i];
            var path = $"model.fallbacks[{i}]";
            NeedsAddress($"{path}.provider", choice.Provider, config, reading);
            if ((choice.Provider, choice.Name) == (model.Provider, model.Name) || model.Fallbacks.Take(i).Contains(choice))
                reading.Refuse(path, ConfigFault.Rule, $"{path} names a model that is asked before it already", "model.provider", "model.name", $"{path}.provider", $"{path}.name");
        }
    }

    static void Providers(OpenclawssyConfig config, ConfigReading reading)
    {
        foreach (var (name, provider) in config.Providers)
        {
            var path = $"providers.{name}";
            if (provider is { Keyless: true, ApiKey: not null })
                reading.Refuse($"{path}.keyless", ConfigFault.Rule, $"{path}.keyless says that no key is sent, and {path}.api_key gives one: take one of them away", $"{path}.api_key");
            if (provider.ApiKey is not null)
                reading.Warn($"{path}.api_key", $"{path}.api_key stands in this file in the clear; the environment variable {path}.api_key_env names keeps it out of backups and screens");
            if (BaseUrl.IsInTheClear(provider.BaseUrl))
                reading.Warn($"{path}.base_url", $"{path}.base_url is not https: the key and every conversation travel in the clear");
            if (name == KnownProviders.Rehearsal)
            {
                if (provider.BaseUrl.Length > 0) reading.Refuse($"{path}.base_url", ConfigFault.Rule, $"{path}.base_url has no meaning: the rehearsal provider plays a script and reaches no server");
            }
            else if (provider.Script.Length > 0)
                reading.Refuse($"{path}.script", ConfigFault.Rule, $"{path}.script has no meaning: only providers.{KnownProviders.Rehearsal}.script is played");
        }
    }

    static void Agents(OpenclawssyConfig config, ConfigReading reading)
    {
        foreach (var (id, profile) in config.Agents.Profiles)
            if (profile.Model.Provider.Length > 0)
                NeedsAddress($"{ConfigPath.Join("agents.profiles", id)}.model.provider", profile.Model.Provider, config, reading);
    }

    static void Channels(OpenclawssyConfig config, ConfigReading reading)
    {
        if (config.Discord.Token is not null)
            reading.Warn("discord.token", "discord.token stands in this file in the clear; the environment variable discord.token_env names keeps it out of backups and screens");
        if (BaseUrl.IsInTheClear(config.Discord.ApiBase))
            reading.Refuse("discord.api_base", ConfigFault.Rule, "discord.api_base must begin with https:// for another machine: the token would travel in the clear");
        if (config.Agents.EnabledAgentIds.Count == 0) return;
        DefaultAgent("chat.default_agent_id", config.Chat.DefaultAgentId, config.Chat.AllowUsers.Count > 0, config, reading);
        DefaultAgent("discord.default_agent_id", config.Discord.DefaultAgentId, config.Discord.Enabled, config, reading);
    }

    static void DefaultAgent(string path, string id, bool isUsed, OpenclawssyConfig config, ConfigReading reading)
    {
        if (isUsed && !config.Agents.EnabledAgentIds.Contains(id))
            reading.Warn(path, $"{path} is \"{id}\", which agents.enabled_agent_ids does not name: messages to it will be refused");
    }

    static void NeedsAddress(string path, string provider, OpenclawssyConfig config, ConfigReading reading)
    {
        if (!config.Providers.TryGetValue(provider, out var settings)) return;
        if (provider == KnownProviders.Rehearsal)
        {
            if (settings.Script.Length == 0)
                reading.Refuse(path, ConfigFault.Rule, $"{path} is rehearsal, which needs providers.rehearsal.script: the path of the file to play", "providers.rehearsal.script");
        }
        else if (settings.BaseUrl.Length == 0)
            reading.Refuse(path, ConfigFault.Rule, $"{path} is {provider}, which needs providers.{provider}.base_url: the address of the server", $"providers.{provider}.base_url");
    }

    static bool Covers(string own, string path) =>
        own.TrimEnd('/') is var folder && (folder == path || path.StartsWith(folder + "/", StringComparison.Ordinal));
}
