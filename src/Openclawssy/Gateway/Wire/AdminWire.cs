using System.Text.Json;

namespace Openclawssy.Gateway.Wire;

sealed record Done(bool Ok);

/// <param name="Queue">How full the queue is.</param>
/// <param name="Warnings">What is wrong with the configuration file as it is now; empty when nothing is.</param>
sealed record StatusReply(
    string Version, DateTimeOffset StartedAt, ModelName Model, bool DiscordEnabled, bool ChatEnabled, int ChatUsers, bool NetworkEnabled, bool CommandsEnabled, string? SandboxTier, bool TlsEnabled,
    bool AuditOk, DiscordReply Discord, QueueReply Queue, long RunCount, IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Warnings);

/// <param name="Phase"><c>off</c>, <c>connecting</c>, <c>connected</c>, <c>waiting</c> or <c>stopped</c>.</param>
sealed record DiscordReply(string Phase, DateTimeOffset Since, string? Bot = null, string? LastError = null, DateTimeOffset? LastErrorAt = null);

sealed record ModelName(string Provider, string Name);

sealed record QueueReply(int Running, int Waiting, int MaxRunning, int MaxWaiting);

/// <summary>The configuration changed, or would be.</summary>
/// <param name="Changed">Keys with another value than before.</param>
/// <param name="RestartRequired">Those of them a running program does not take.</param>
sealed record ConfigChanged(bool Ok, IReadOnlyList<string> Changed, IReadOnlyList<string> RestartRequired, IReadOnlyList<string> Warnings);

/// <summary>Everything there is to know about one key.</summary>
/// <param name="Key">With <c>&lt;name&gt;</c> where any name may stand.</param>
/// <param name="Default">As JSON.</param>
/// <param name="Rule">What is allowed; empty when the type says it all.</param>
/// <param name="Editable">False when it is changed at the machine only.</param>
sealed record ConfigKeyReply(string Key, string Type, JsonElement? Default, string Rule, bool Secret, bool Active, bool NeedsRestart, bool Editable, string What);

/// <param name="Families">Where entries have names of their own.</param>
sealed record ConfigKeys(IReadOnlyList<ConfigKeyReply> Keys, IReadOnlyList<ConfigFamilyReply> Families);

/// <param name="Key">The entry's own name stands last, as <c>&lt;name&gt;</c>.</param>
/// <param name="Names">All names there are; left out where a person chooses them, and may add and remove entries.</param>
sealed record ConfigFamilyReply(string Key, string What, IReadOnlyList<string>? Names = null);

sealed record SecretOrder(string Name, string Value);

sealed record SecretStored(bool Ok, string Stored);

sealed record SecretRemoved(bool Ok, string Removed);

/// <param name="Keys">The names alone.</param>
/// <param name="Problem">Why the store cannot be opened; then it holds more than is listed.</param>
sealed record SecretList(IReadOnlyList<string> Keys, IReadOnlyList<SecretRow> Secrets, string? Problem = null);

sealed record SecretRow(string Name, int Version, DateTimeOffset CreatedAt, IReadOnlyList<string> Hosts, string? Header = null);

sealed record SessionList(int Limit, int Offset, bool More, IReadOnlyList<SessionRow> Sessions);

sealed record SessionRow(string SessionId, string AgentId, string Channel, string UserId, string RoomId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Title = null, DateTimeOffset? ClosedAt = null);

/// <param name="Messages">Oldest first.</param>
sealed record MessageList(string SessionId, string AgentId, string Channel, string UserId, string RoomId, IReadOnlyList<MessageRow> Messages, DateTimeOffset? ClosedAt = null);

sealed record MessageRow(string Role, string Content, DateTimeOffset Ts, string? RunId = null, string? ToolCallId = null, string? ToolName = null);

sealed record SessionClosed(string SessionId, DateTimeOffset ClosedAt, bool Already);

/// <param name="Channel">Default <c>dashboard</c>.</param>
sealed record AgentOrder(string AgentId, string? Channel = null, string? UserId = null, string? RoomId = null);

sealed record AgentName(string AgentId);

sealed record AgentCreated(bool Ok, string AgentId, bool Created);

/// <param name="ActiveAgent">Chosen for that place, or the channel's default.</param>
/// <param name="SelectedAgent">The one that was asked for, else the active one.</param>
sealed record AgentList(
    string ActiveAgent, string SelectedAgent, IReadOnlyList<string> Agents, AgentsSettings AgentsConfig, string Channel, string UserId, string RoomId, AgentContext ProfileContext);

sealed record AgentsSettings(bool AllowAgentModelOverrides, bool AllowInterAgentMessaging, IReadOnlyList<string> EnabledAgentIds, bool SelfImprovementEnabled);

/// <param name="ModelOverride">True when the agent has a model of its own.</param>
/// <param name="ModelFrom">Where the model is written: <c>model</c> or <c>agents.profiles.ID.model</c>.</param>
sealed record AgentContext(string AgentId, bool Exists, bool Enabled, bool ModelOverride, string ModelProvider, string ModelName, int ModelMaxTokens, bool SelfImprovement, string ModelFrom);

sealed record DocumentList(string AgentId, IReadOnlyList<string> AvailableAgents, IReadOnlyList<DocumentRow> Documents);

/// <param name="Etag">Stands for this content; given back with a change, it refuses to overwrite somebody else's.</param>
sealed record DocumentRow(string Name, string ResolvedName, string Content, bool Exists, string Etag, string? AliasFor = null);

sealed record DocumentOrder(string AgentId, string Name, string Content, string? Etag = null);

sealed record DocumentStored(bool Ok, string AgentId, string Name, string ResolvedName, int StoredBytes, string Etag, string? AliasFor = null);

/// <summary>A run's journal, masked.</summary>
/// <param name="Next">Ask again with <c>after</c> set to it for more; null at the end.</param>
sealed record TraceReply(string RunId, Trace Trace);

sealed record Trace(string RunId, string Channel, string InputMessageHash, long Total, IReadOnlyList<JsonElement> Events, string? SessionId = null, long? Next = null);

sealed record AuditReply(int ExitCode, string Verdict, bool Anchored, long Records, int Segments, IReadOnlyList<AuditFault> Findings);

sealed record AuditFault(int Code, string File, string What, long? Line = null, long? Seq = null);

/// <param name="Before">Ask again with it for older records; null when there are none.</param>
sealed record AuditRecords(string Chain, IReadOnlyList<JsonElement> Records, long? Before = null);

sealed record GrantList(IReadOnlyList<GrantRow> Agents, IReadOnlyList<CapabilityRow> Capabilities);

sealed record GrantRow(string AgentId, bool Written, IReadOnlyList<string> Capabilities);

/// <param name="Effect">What kind of thing it does.</param>
sealed record CapabilityRow(string Name, string What, string Effect, bool Starter);

/// <param name="Action"><c>grant</c> or <c>revoke</c>.</param>
sealed record GrantOrder(string AgentId, string Capability, string Action);

sealed record GrantChanged(bool Ok, string AgentId, string Capability, bool Changed, IReadOnlyList<string> Capabilities);

sealed record VerdictReply(string Verdict, string Rule, string WrittenAt, string Reason);

sealed record DoctorReply(string Health, IReadOnlyList<DoctorRow> Findings);

sealed record DoctorRow(string Check, string Health, string What, string? Next = null);

/// <param name="Buckets">Oldest first; one in which nothing ran is left out.</param>
sealed record UsageReply(DateTimeOffset Since, int BucketSeconds, IReadOnlyList<UsageRow> Buckets, IReadOnlyList<ToolRow> Tools);

/// <param name="Unpriced">Runs whose cost nobody knows.</param>
sealed record UsageRow(DateTimeOffset Start, int Runs, int Failed, long InputTokens, long OutputTokens, decimal CostUsd, int Unpriced, long DurationMs);

sealed record ToolRow(string Tool, int Calls, int Errors, long AverageMs, long P95Ms);
