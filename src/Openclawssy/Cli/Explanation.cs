using System.Text;
using System.Text.Json;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Cli;

/// <summary>Asks the rules a call would meet, in the order it would meet them, without making it.</summary>
sealed class Explanation(Authority authority, AgentPolicy policy, GrantsFile file, ToolCatalog catalog, OpenclawssyConfig config, IReadOnlyList<AgentId> agents)
{
    /// <param name="input">The call's input as JSON; null asks only about the tool.</param>
    public Verdict Of(Tool tool, string? input)
    {
        if (input is not null && Refusal(tool, input) is { } refused)
            return refused.Code == ToolErrorCodes.PolicyDenied
                ? Deny("workspace.guard", "the program", refused.Message)
                : Invalid(tool, refused.Message);
        var verdict = policy.Decide(authority, tool);
        if (!verdict.Allows || input is null) return verdict;
        using var parsed = JsonDocument.Parse(input);
        return OfInput(tool, parsed.RootElement).FirstOrDefault(rule => !rule.Allows) ?? verdict;
    }

    public static Verdict Deny(string rule, string writtenAt, string reason) => new(VerdictKind.Deny, rule, writtenAt, reason);

    static Verdict Invalid(Tool tool, string reason) => Deny(ToolErrorCodes.InputInvalid, $"`openclawssy tools show {tool.Name}`", reason);

    static ToolException? Refusal(Tool tool, string input)
    {
        try { tool.Parse(Encoding.UTF8.GetBytes(input)); }
        catch (ToolException refused) { return refused; }
        return null;
    }

    /// <summary>The rules a desk asks about the particulars. The input has been read strictly by now.</summary>
    IEnumerable<Verdict> OfInput(Tool tool, JsonElement input) => tool.Name switch
    {
        "policy.grant" => [Grant(tool, AgentId.Parse(input.GetProperty("agent_id").GetString()!), input.GetProperty("capability").GetString()!)],
        "config.set" => input.GetProperty("updates").EnumerateObject().SelectMany(Set),
        _ => [],
    };

    Verdict Grant(Tool tool, AgentId agent, string capability)
    {
        var name = catalog.Find(capability)?.Name ?? capability;
        return !file.IsCapability(name) ? Invalid(tool, $"\"{OneLine.Escape(name, 64)}\" is no right.")
            : !agents.Contains(agent) ? Invalid(tool, $"There is no agent \"{agent}\".")
            : ChangeRules.Grant(authority, policy, agent, name);
    }

    IEnumerable<Verdict> Set(JsonProperty update)
    {
        var path = ConfigPath.Parse(update.Name);
        if (ConfigSchema.Find(path) is { } key) yield return ChangeRules.Set(authority, key, path, update.Value.GetRawText());
        yield return ChangeRules.SwitchedOn(config, path);
    }
}
