using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Toolkit;

/// <summary>Making agents and choosing who answers. Made by the gate for one permitted call.</summary>
public interface IAgentControl
{
    /// <summary>Makes an agent, or completes one: documents as <c>init</c> writes them, and starter grants, of which an agent passes on only what it has itself.</summary>
    /// <param name="force">Writes the documents of an agent that is there again.</param>
    /// <exception cref="ToolException"><c>policy.denied</c>: it exists, and the caller is neither the operator nor holds <c>policy.admin</c>.</exception>
    AgentMade Create(AgentId agent, bool force);

    /// <summary>Chooses the agent that answers where a message names none.</summary>
    /// <param name="createIfMissing">Makes it first where it is missing.</param>
    /// <exception cref="ToolException"><c>policy.denied</c>: the caller is neither the operator nor holds <c>policy.admin</c>. <c>tool.input_invalid</c>: there is no such agent.</exception>
    AgentChosen Switch(AgentId agent, bool forChat, bool forDiscord, bool createIfMissing);
}

/// <param name="Path">Its folder, from the installation's root.</param>
/// <param name="Created">True when it was not there.</param>
/// <param name="Written">Names of the documents that were written, in ordinal order.</param>
public sealed record AgentMade(string Path, bool Created, IReadOnlyList<string> Written);

/// <param name="Chat">Who answers in the chat now.</param>
/// <param name="Discord">Who answers on Discord now.</param>
public sealed record AgentChosen(string Chat, string Discord, bool Created);
