using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Policy;

/// <summary>What may be changed by whom, once the tool itself is allowed. The desks obey these, and <c>policy explain</c> tells them.</summary>
public static class ChangeRules
{
    const string Program = "the program";

    /// <summary>May this caller give the right to anybody? An agent gives only what it has, so that no chain of grants adds up to more than the operator gave.</summary>
    public static Verdict Grant(Authority authority, AgentPolicy policy, AgentId agent, string capability)
    {
        if (authority.IsOperator) return new(VerdictKind.Allow, "operator", "the command line", "The operator may grant every right.");
        if (capability == Capabilities.Admin)
            return Deny("operator_only", $"Only a person gives {Capabilities.Admin}, with `openclawssy policy grant {agent} {Capabilities.Admin}`.");
        return policy.Decide(authority, capability) is { Allows: false } own
            ? new(VerdictKind.Deny, "own_rights", own.WrittenAt,
                $"An agent gives only rights it has itself. {own.Reason} A person can give it to \"{agent}\" with `openclawssy policy grant {agent} {capability}`.")
            : new(VerdictKind.Allow, "own_rights", Program, "The caller has this right itself.");
    }

    /// <summary>May this caller change the key through <c>config.set</c>?</summary>
    /// <param name="json">The value asked for, so that the answer can say what the operator would type.</param>
    public static Verdict Set(Authority authority, ConfigKey key, ConfigPath path, string json) => key.Change switch
    {
        ChangeRight.File => Deny("file_only", $"{path} cannot be changed through a tool. Its owner changes it with `{Command(path, json)}`."),
        ChangeRight.Granted => new(VerdictKind.Allow, "granted_key", Program, $"{path} widens nothing; who may use config.set may change it."),
        _ when authority.IsOperator => new(VerdictKind.Allow, "operator", "the command line", "The operator may change every key."),
        _ => Deny("operator_key", $"{path} decides what agents may reach, so no agent changes it. A person can, with `{Command(path, json)}`."),
    };

    /// <summary>Does the feature whose keys these are run at all? Binds everybody at the tool.</summary>
    public static Verdict SwitchedOn(OpenclawssyConfig config, ConfigPath path) => path.Segments[0] == "discord" && !config.Discord.Enabled
        ? new(VerdictKind.Deny, "switched_off", "config.json discord.enabled", $"{path} can be set only while discord.enabled is true.")
        : new(VerdictKind.Allow, "switched_on", Program, "Nothing has to be switched on for this key.");

    static string Command(ConfigPath path, string json) => $"openclawssy config set {path} '{OneLine.Escape(json, 200)}'";

    static Verdict Deny(string rule, string reason) => new(VerdictKind.Deny, rule, Program, reason);
}
