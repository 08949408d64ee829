namespace Openclawssy.Egress;

/// <summary>A destination that is not allowed; the message names what would have to be changed, and by whom.</summary>
sealed class EgressDeniedException(string message) : Exception(message);
