using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Runtime.Records;

/// <summary>Lists, makes and chooses agents for one viewer.</summary>
/// <param name="permitted">Called before the effect; throws when the viewer's permission is gone.</param>
public sealed class AgentDesk(string stateFolder, GrantsFile grants, ConfigStore config, Viewer viewer, Action permitted) : IAgentRecords, IAgentControl
{
    public IReadOnlyList<AgentId> All() => AgentFolder.Existing(stateFolder);

    public AgentMade Create(AgentId agent, bool force)
    {
        var exists = Exists(agent);
        if (exists) viewer.DemandAdmin($"the documents of agent \"{agent}\"");
        permitted();
        // Who makes an agent cannot give it more than it has: that agent would be a way around one's own limits.
        List<string> starter = [.. Capabilities.Starter.Where(viewer.May)];
        try
        {
            // Rights first: an agent that was cut off in the making has its few rights and no documents, and is completed by the next try.
            grants.EnsureStarter(agent, starter);
            var written = AgentDocuments.Create(new(stateFolder, agent), starter, force);
            return new($".openclawssy/agents/{agent}", !exists, [.. written.Order(StringComparer.Ordinal)]);
        }
        catch (InvalidDataException broken) { throw ToolException.Failed(broken.Message, inner: broken); }
    }

    public AgentChosen Switch(AgentId agent, bool forChat, bool forDiscord, bool createIfMissing)
    {
        viewer.DemandAdmin("which agent answers");
        var exists = Exists(agent);
        if (!exists && !createIfMissing) throw ToolException.InvalidInput($"there is no agent \"{agent}\"; make it with agent.create, or set create_if_missing", "agent_id");
        permitted();
        // An agent id has nothing that JSON would escape.
        var value = $"\"{agent}\"";
        List<ConfigChange> changes = [];
        if (forChat) changes.Add(new(ConfigPath.Parse("chat.default_agent_id"), value));
        if (forDiscord) changes.Add(new(ConfigPath.Parse("discord.default_agent_id"), value));
        try
        {
            // Tried before anything is made: a configuration that cannot be changed leaves no agent behind.
            config.Change(changes, dryRun: true);
            if (!exists) Create(agent, force: false);
            var now = config.Change(changes).Require();
            return new(now.Chat.DefaultAgentId, now.Discord.DefaultAgentId, !exists);
        }
        catch (ConfigRefusedException refused) { throw ToolException.Failed($"the configuration was not changed: {refused.Message}", inner: refused); }
        catch (FormatException refused) { throw ToolException.Failed($"the configuration was not changed: {refused.Message}", inner: refused); }
    }

    bool Exists(AgentId agent) => AgentFolder.Existing(stateFolder).Contains(agent);
}
