using System.Text.Json.Serialization;

namespace Openclawssy.Gateway.Wire;

/// <summary>
/// The forms on the wire. Snake case; what is null is left out; reading is strict: a member nobody knows, or one that stands twice,
/// is an error and never ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, MaxDepth = JsonBody.MaxDepth, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(RunOrder))]
[JsonSerializable(typeof(RunAccepted))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(CancelReply))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(ChatReply))]
[JsonSerializable(typeof(PageSessionBegun))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(ConfigChanged))]
[JsonSerializable(typeof(ConfigKeys))]
[JsonSerializable(typeof(SecretOrder))]
[JsonSerializable(typeof(SecretStored))]
[JsonSerializable(typeof(SecretRemoved))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(SessionClosed))]
[JsonSerializable(typeof(AgentOrder))]
[JsonSerializable(typeof(AgentName))]
[JsonSerializable(typeof(AgentCreated))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(DocumentList))]
[JsonSerializable(typeof(DocumentOrder))]
[JsonSerializable(typeof(DocumentStored))]
[JsonSerializable(typeof(TraceReply))]
[JsonSerializable(typeof(AuditReply))]
[JsonSerializable(typeof(AuditRecords))]
[JsonSerializable(typeof(GrantList))]
[JsonSerializable(typeof(GrantOrder))]
[JsonSerializable(typeof(GrantChanged))]
[JsonSerializable(typeof(VerdictReply))]
[JsonSerializable(typeof(DoctorReply))]
[JsonSerializable(typeof(UsageReply))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobOrder))]
[JsonSerializable(typeof(JobStored))]
[JsonSerializable(typeof(JobRemoved))]
[JsonSerializable(typeof(SchedulerOrder))]
[JsonSerializable(typeof(SchedulerChanged))]
[JsonSerializable(typeof(ScheduleExplained))]
sealed partial class GatewayJson : JsonSerializerContext;
