using Openclawssy.Discord;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Feed;
using Openclawssy.Runtime.Journal;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;
using Openclawssy.Telemetry;

namespace Openclawssy.Gateway;

/// <summary>What routes are made of.</summary>
/// <param name="ConfigNow">The configuration file as it is now.</param>
/// <param name="Doctor">Looks at the installation.</param>
/// <param name="Anchor">What the audit is compared with, outside the installation.</param>
sealed record GatewayRooms(
    Installation Installation, RunQueue Queue, RunFeed Feed, ChatDesk Chat, ConfigNow ConfigNow, TimeProvider Clock, Func<CancellationToken, Task<IReadOnlyList<Cli.Finding>>> Doctor, Func<IAuditAnchor?> Anchor,
    RunFigures Figures, DiscordState Discord)
{
    public DateTimeOffset StartedAt { get; } = Clock.GetUtcNow();

    public Runner Runner => Installation.Runner;
    public IRunIndex Index => Installation.Index;
    public RunArchive Archive => Installation.Archive;
    public SessionStore Sessions => Installation.Sessions;

    /// <summary>False from when the program was told to stop.</summary>
    public bool IsOpen => !Queue.IsClosed;

    /// <summary>An agent that is there and may run.</summary>
    /// <exception cref="RequestRefused">404 or 403.</exception>
    public AgentId Agent(AgentId agent)
    {
        if (!Installation.HasAgent(agent)) throw RequestRefused.NotFound("agent.not_found", $"there is no agent \"{agent}\" here; `openclawssy init -agent {agent}` makes one");
        var config = ConfigNow.Read() ?? Installation.Config;
        return config.IsEnabled(agent) ? agent : throw new RequestRefused(403, "agent.inactive", $"agent \"{agent}\" is switched off by the configuration (agents.enabled_agent_ids, agents.profiles)");
    }

    /// <summary>Writes an operator's act over HTTP down, durably, before it happens.</summary>
    public void Record(string credential, string happened, params ReadOnlySpan<(string Name, string? Value)> about) => Installation.InstallationAudit.Record($"operator {credential}", happened, about);
}
