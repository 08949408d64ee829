using System.Text;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;

/// <summary>Changes of the control plane, as quick as this process can.</summary>
static class Changes
{
    public static int Grant(string path, string agent, IReadOnlyList<string> capabilities)
    {
        var file = new GrantsFile(path, capabilities);
        var id = AgentId.Parse(agent);
        var desk = new GrantsDesk(Caller.AtTerminal(new(0, null), new(file)), file, new([]), () => [id], (_, _, _) => { });
        foreach (var capability in capabilities) desk.Grant(id, capability);
        return 0;
    }

    /// <summary>Reads, decides and replaces, each of them sound, but not alone.</summary>
    public static int GrantNaively(string path, string agent, IReadOnlyList<string> capabilities)
    {
        foreach (var capability in capabilities)
        {
            var text = Encoding.UTF8.GetString(DurableFile.ReadOrNull(path, GrantsFile.MaxBytes)!);
            var at = text.IndexOf($"\"{agent}\":[", StringComparison.Ordinal) + agent.Length + 4;
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(text[..at] + $"\"{capability}\"," + text[at..]));
        }
        return 0;
    }

    public static int Configure(string root, string agent, int count)
    {
        var store = ConfigStore.In(StateFolder.Open(root));
        for (var i = 0; i < count; i++) store.Change([Off(agent, i)]);
        return 0;
    }

    public static int ConfigureNaively(string root, string agent, int count)
    {
        var state = StateFolder.Open(root);
        for (var i = 0; i < count; i++)
        {
            var change = Off(agent, i);
            DurableFile.Replace(state.ConfigFile, ConfigEdit.Set(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), change.Path, change.Json!));
        }
        return 0;
    }

    static ConfigChange Off(string agent, int i) => new(ConfigPath.Of("agents", "profiles", $"{agent}{i}", "enabled"), "false");
}
