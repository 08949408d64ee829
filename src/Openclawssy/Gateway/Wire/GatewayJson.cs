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
sealed partial class GatewayJson : JsonSerializerContext;
