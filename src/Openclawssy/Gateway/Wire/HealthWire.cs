namespace Openclawssy.Gateway.Wire;

sealed record HealthReply(string Status);
