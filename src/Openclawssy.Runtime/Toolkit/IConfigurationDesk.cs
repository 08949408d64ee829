namespace Openclawssy.Runtime.Toolkit;

/// <param name="Field">A key as dotted names.</param>
/// <param name="Json">Its new value as strict JSON.</param>
public sealed record FieldUpdate(string Field, string Json);

/// <param name="Fields">In ordinal order.</param>
/// <param name="ConfigJson">The configuration with the changes in it, secrets hidden.</param>
public sealed record ConfigurationChange(IReadOnlyList<string> Fields, string ConfigJson);

/// <summary>
/// The desk where the configuration is read, secrets hidden, and where a short list of keys is changed. Made by the gate for one
/// permitted call and one caller: keys that decide what agents may reach are the operator's. A change is in the audit and on
/// disk when the method returns; all updates or none.
/// </summary>
public interface IConfigurationDesk
{
    /// <summary>The configuration in force, as compact JSON.</summary>
    string Whole();

    /// <summary>One key or section as JSON; <c>null</c> when it says nothing.</summary>
    /// <exception cref="ToolException"><c>tool.input_invalid</c>: there is no such key.</exception>
    string Value(string field);

    /// <param name="dryRun">Everything but the writing, refusals included.</param>
    /// <exception cref="ToolException"><c>tool.input_invalid</c>: a key or a value is not allowed. <c>policy.denied</c>: a key is not the caller's to change, or its feature is switched off.</exception>
    ConfigurationChange Change(IReadOnlyList<FieldUpdate> updates, bool dryRun);
}
