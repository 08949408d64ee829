namespace Openclawssy.Runtime.Toolkit;

/// <summary>What may be said of a stored secret: everything but its value.</summary>
/// <param name="Version">1 with the first value, one more with each new one.</param>
/// <param name="BoundTo">Hosts it may be sent to; empty when it is sent nowhere.</param>
/// <param name="Header">The header it travels in; null when it is sent nowhere.</param>
/// <param name="Variables">Variables commands may be handed it in.</param>
public sealed record SecretEntry(string Name, int Version, DateTimeOffset UpdatedAt, IReadOnlyList<string> BoundTo, string? Header, IReadOnlyList<string> Variables);

/// <summary>
/// The desk where secrets are looked up by name and stored. A value goes in and never comes out. Made by the gate for one
/// permitted call; a change is in the audit and on disk when the method returns.
/// </summary>
public interface ISecretsDesk
{
    /// <summary>In the order of the names.</summary>
    /// <exception cref="ToolException"><c>policy.denied</c>: the store is locked.</exception>
    IReadOnlyList<SecretEntry> All();

    /// <summary>Null when there is none of that name.</summary>
    SecretEntry? Find(string name);

    /// <exception cref="ToolException"><c>tool.input_invalid</c>: name or value cannot be taken. <c>policy.denied</c>: the store is locked.</exception>
    SecretEntry Store(string name, string value);
}
