using System.Text;
using Openclawssy.Runtime.Agents;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Workspaces;
using Openclawssy.Tools;

namespace Openclawssy;

/// <summary>Makes an instance, or completes one: what is there is kept unless the person says <c>--force</c>.</summary>
static class Initialization
{
    /// <param name="Workspace">The folder agents work in.</param>
    /// <param name="Lines">What was made and what was kept, for a person.</param>
    public sealed record Made(string Workspace, IReadOnlyList<string> Lines);

    /// <summary>What a person chose beforehand; a null leaves a part to what <c>init</c> does.</summary>
    /// <param name="Config">The text of the configuration, valid; it takes the place of one that is there.</param>
    /// <param name="Rights">Exactly what the agent is granted.</param>
    /// <param name="Certificate">The pair of files a certificate of this machine's own is put into, unless there is one that holds.</param>
    public sealed record Chosen(byte[]? Config = null, IReadOnlyList<string>? Rights = null, ServerConfig? Certificate = null);

    /// <summary>A new configuration. It goes on with the secrets of the one it replaces, wherever they and their key are.</summary>
    /// <param name="kept">Null when there was none that could be read.</param>
    public static byte[] FreshConfig(string? workspace, SecretsConfig? kept)
    {
        var text = Encoding.UTF8.GetBytes(ConfigDefaults.InitialFile(workspace));
        var usual = new SecretsConfig();
        if (kept is not null && kept.StoreFile != usual.StoreFile) text = ConfigEdit.Set(text, ConfigPath.Parse("secrets.store_file"), JsonString(kept.StoreFile));
        if (kept is not null && kept.MasterKeyFile != usual.MasterKeyFile) text = ConfigEdit.Set(text, ConfigPath.Parse("secrets.master_key_file"), JsonString(kept.MasterKeyFile));
        return text;
    }

    static string JsonString(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    /// <param name="root">The instance's folder; made where it is missing.</param>
    /// <param name="workspace">Where agents work, relative to <paramref name="currentFolder"/>; null means <c>workspace</c> below the instance.</param>
    /// <exception cref="StateFolderException">The state folder belongs to somebody else, or one folder would contain the other.</exception>
    public static Made Run(World world, string root, string? workspace, AgentId agent, bool force, string currentFolder, Chosen? chosen = null)
    {
        var lines = new List<string>();
        void Say(bool made, string what) => lines.Add($"{(made ? "made" : "kept")} {what}");

        Directory.CreateDirectory(root);
        var fresh = !StateFolder.Exists(root);
        var state = StateFolder.Create(root);
        Say(fresh, state.Path);

        var configured = workspace is null ? null : Path.GetFullPath(workspace, currentFolder);
        var writeConfig = force || chosen?.Config is not null || DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes) is null;
        if (chosen is null && !writeConfig && configured is not null) lines.Add("kept the configuration: --workspace counts with --force, or set workspace.root yourself");
        var present = ConfigFile.Load(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), state.ConfigFile).Config;
        using var audit = new InstallationAudit(state.Path, world.Clock, new(world.Clock, Installation.Chance), Anchors.ForWriting(present?.Audit ?? new(), state, world.Variable), text => (text, 0),
            StoredSecrets.HeadKeysUnasked(world, present ?? new(), state, root));
        audit.Record(Actors.Operator, "instance.init", ("agent_id", agent.ToString()), ("force", force ? "true" : "false"),
            ("capabilities", chosen?.Rights is { } wished ? string.Join(' ', wished) : null));

        // Before the configuration that names it.
        if (chosen?.Certificate is { } server)
        {
            var (certificate, key) = (Path.GetFullPath(server.TlsCertFile, root), Path.GetFullPath(server.TlsKeyFile, root));
            Say(ServerCertificate.Ensure(certificate, key, world.Clock.GetUtcNow(), anew: force), certificate);
        }
        if (writeConfig)
        {
            // A configuration nothing could run on was not good; the last one that was stays.
            if (DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes) is { } before && present is not null) DurableFile.Replace(state.LastGoodConfigFile, before);
            DurableFile.Replace(state.ConfigFile, chosen?.Config ?? FreshConfig(configured, present?.Secrets));
        }
        Say(writeConfig, state.ConfigFile);

        var load = ConfigFile.Load(DurableFile.ReadOrNull(state.ConfigFile, ConfigFile.MaxBytes), state.ConfigFile);
        var place = Path.GetFullPath(load.Config?.Workspace.Root ?? "workspace", root);
        var had = Directory.Exists(place);
        Directory.CreateDirectory(place);
        // Opening it is the check: it and the state folder may not contain one another.
        using (Workspace.Open(place, state.Path, new(WorkspaceConfig.DefaultProtected, RequireKernelContainment: false))) { }
        Say(!had, place);

        var tools = Toolbox.All.Select(tool => tool.Name).ToList();
        var written = AgentDocuments.Create(new(state.Path, agent), tools.Where((chosen?.Rights ?? Capabilities.Starter).Contains), force);
        lines.Add($"agent {agent}: {(written.Count == 0 ? "documents kept" : $"wrote {string.Join(", ", written)}")}");

        DurableFile.EnsureFolder(Path.GetDirectoryName(state.GrantsFile)!);
        var grants = new GrantsFile(state.GrantsFile, tools);
        var granted = chosen?.Rights is { } rights ? grants.Set(agent, rights) : grants.EnsureStarter(agent);
        lines.Add($"agent {agent}: {(!granted ? "grants kept" : chosen?.Rights is { } given ? $"granted {string.Join(", ", given)}" : "starter grants given")}");
        return new(place, lines);
    }
}
