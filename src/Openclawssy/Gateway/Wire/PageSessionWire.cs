namespace Openclawssy.Gateway.Wire;

/// <summary>A sign-in was begun. The other half of it is the cookie this answer sets.</summary>
/// <param name="Key">To be sent as <c>X-Openclawssy-Key</c>; opens nothing without the cookie.</param>
sealed record PageSessionBegun(string Key, DateTimeOffset ExpiresAt);
