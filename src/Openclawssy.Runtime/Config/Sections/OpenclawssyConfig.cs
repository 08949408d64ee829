using Openclawssy.Runtime.Text;

namespace Openclawssy.Runtime.Config;

/// <summary>
/// One snapshot of the configuration. Every value written here is the one a person gets by writing nothing, so it is the safe one.
/// The order of the sections is the order in the file.
/// </summary>
public sealed record OpenclawssyConfig
{
    public NetworkConfig Network { get; init; } = new();
    public ShellConfig Shell { get; init; } = new();
    public SandboxConfig Sandbox { get; init; } = new();
    public ServerConfig Server { get; init; } = new();
    public EngineConfig Engine { get; init; } = new();
    public SchedulerConfig Scheduler { get; init; } = new();
    public OutputConfig Output { get; init; } = new();
    public WorkspaceConfig Workspace { get; init; } = new();
    public ModelConfig Model { get; init; } = new();

    /// <summary>Always holds every known provider: what a person left out has that provider's defaults.</summary>
    public IReadOnlyDictionary<string, ProviderConfig> Providers { get; init; } = KnownProviders.Defaults;

    public AgentsConfig Agents { get; init; } = new();
    public ChatConfig Chat { get; init; } = new();
    public DiscordConfig Discord { get; init; } = new();
    public SecretsConfig Secrets { get; init; } = new();
    public MemoryConfig Memory { get; init; } = new();
    public AuditConfig Audit { get; init; } = new();
    public RunsConfig Runs { get; init; } = new();

    /// <summary>The model an agent uses: the global one, overlaid by its profile where overrides are allowed.</summary>
    public ModelConfig ModelFor(AgentId agent)
    {
        if (!Agents.AllowAgentModelOverrides || !Agents.Profiles.TryGetValue(agent.ToString(), out var profile)) return Model;
        var own = profile.Model;
        return Model with
        {
            Provider = own.Provider.Length > 0 ? own.Provider : Model.Provider,
            Name = own.Name.Length > 0 ? own.Name : Model.Name,
            Temperature = own.Temperature ?? Model.Temperature,
            MaxTokens = own.MaxTokens is > 0 and { } maxTokens ? maxTokens : Model.MaxTokens,
        };
    }

    /// <summary>Whether an agent may run: on the enabled list (an empty list names everyone) and not switched off by its profile.</summary>
    public bool IsEnabled(AgentId agent) =>
        (Agents.EnabledAgentIds.Count == 0 || Agents.EnabledAgentIds.Contains(agent.ToString()))
        && (!Agents.Profiles.TryGetValue(agent.ToString(), out var profile) || profile.Enabled);
}
