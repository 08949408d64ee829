using System.Text;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Prompts;

/// <summary>What a prompt says about the world besides the agent's documents.</summary>
/// <param name="WorkspaceRoot">The workspace's absolute address, as the agent may write it.</param>
/// <param name="Tools">Names of the tools that are really offered; the order does not matter.</param>
public sealed record PromptFacts(string WorkspaceRoot, IReadOnlyList<string> Tools);

/// <summary>
/// Makes the system prompt. The same inputs give the same bytes, and nothing in it changes during a run (no date, no counter),
/// so that a provider's cache of the prefix holds.
/// </summary>
public static class PromptBuilder
{
    /// <summary>Each document is <c>## NAME</c>, a newline and its content; one blank line stands between two.</summary>
    public static string Build(IReadOnlyList<AgentDocument> documents, PromptFacts facts)
    {
        var tools = facts.Tools.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var prompt = new StringBuilder();
        foreach (var document in documents) Append(prompt, document.Name, document.Content);
        Append(prompt, "RUNTIME_CONTEXT.md", RuntimeContext.Text(OneLine.Escape(facts.WorkspaceRoot), tools));
        Append(prompt, "TOOL_CALLING_BEST_PRACTICES.md", ToolAdvice.Text(tools));
        return prompt.ToString();
    }

    static void Append(StringBuilder prompt, string name, string content)
    {
        if (prompt.Length > 0) prompt.Append('\n');
        prompt.Append("## ").Append(name).Append('\n').Append(content);
        if (!content.EndsWith('\n')) prompt.Append('\n');
    }
}
