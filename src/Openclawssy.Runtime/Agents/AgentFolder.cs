using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Agents;

/// <summary>Where one agent's things are: <c>agents/ID/</c> below the state folder. Made from a parsed id, so it cannot point elsewhere.</summary>
public sealed class AgentFolder(string stateFolder, AgentId agent)
{
    public AgentId Agent { get; } = agent;

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(stateFolder, "agents", agent.ToString());

    public string Runs => System.IO.Path.Combine(Path, "runs");
    public string Audit => System.IO.Path.Combine(Path, "audit");
    public string Memory => System.IO.Path.Combine(Path, "memory");

    public string Run(RunId run) => System.IO.Path.Combine(Runs, run.ToString());

    /// <summary>Where the document called <paramref name="name"/> is; one of <see cref="AgentDocuments.Names"/>.</summary>
    public string Document(string name) => AgentDocuments.Names.Contains(name)
        ? System.IO.Path.Combine(Path, name)
        : throw new ArgumentException($"\"{name}\" is not an agent document", nameof(name));

    /// <summary>Makes the agent's folders; those that are there are kept.</summary>
    public void Ensure()
    {
        foreach (var folder in new[] { Path, Memory, Audit, Runs }) DurableFile.EnsureFolder(folder);
    }

    /// <summary>The agents there are, in ordinal order: folders whose names are agent ids, so not <c>_routing</c>.</summary>
    public static IReadOnlyList<AgentId> Existing(string stateFolder) =>
        [.. FolderNames.In(System.IO.Path.Combine(stateFolder, "agents")).Where(name => AgentId.TryParse(name, out _)).Select(AgentId.Parse)];
}
