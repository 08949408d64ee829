using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Tools.Grants;

/// <summary>Reads the agent a caller names.</summary>
static class AgentName
{
    public static AgentId Parse(string text) => AgentId.TryParse(text, out var agent)
        ? agent
        : throw ToolException.InvalidInput("$.agent_id: is no agent id; use letters, digits, '_', '-' and '.', at most 64, starting with a letter or digit", "$.agent_id");
}
