using Openclawssy.Egress;
using Openclawssy.Runtime.Config;

namespace Openclawssy.Cli;

/// <summary>What <c>doctor</c> says about what tools may reach.</summary>
static class NetworkCheck
{
    /// <param name="commandsToo">Whether commands have the proxy.</param>
    public static Finding Of(NetworkConfig network, bool commandsToo)
    {
        if (!network.Enabled) return new("network", Health.Ok, $"tools{(commandsToo ? " and commands" : "")} reach nothing: network.enabled is false");
        var rules = network.AllowedDomains.Select(entry => (Entry: entry, Rule: HostRule.Parse(entry))).ToList();
        var reached = rules.Where(entry => entry.Rule is not null).Select(entry => entry.Entry).Concat(network.AllowLocalhosts ? ["this machine"] : []).ToList();
        if (reached.Count == 0) return new("network", Health.Warning, "network.enabled is true, and no host is allowed: tools reach nothing", "name hosts in network.allowed_domains, or switch network.enabled off");

        var what = $"tools that are granted http.request{(commandsToo ? ", and commands through their proxy," : "")} reach: {string.Join(", ", reached)}";
        if (rules.Find(entry => entry.Rule is null).Entry is { } dead) return new("network", Health.Warning, $"{what}; \"{dead}\" is understood as no host and allows nothing", "correct network.allowed_domains");
        if (rules.Find(entry => entry.Rule is { Subdomains: true } rule && !rule.Host.Text.Contains('.')).Entry is { } wide)
            return new("network", Health.Warning, $"{what}; \"{wide}\" is every host of a whole domain", "name the hosts you mean in network.allowed_domains");
        if (rules.Find(entry => entry.Rule!.PlainHttp).Entry is { } plain) return new("network", Health.Warning, $"{what}; \"{plain}\" may be asked in the clear", "use https where the host offers it");
        return new("network", Health.Ok, what);
    }
}
