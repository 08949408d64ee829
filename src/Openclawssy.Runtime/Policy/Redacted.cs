namespace Openclawssy.Runtime.Policy;

/// <summary>A text with its secrets masked.</summary>
/// <param name="Count">How many places were masked; the audit records it.</param>
public readonly record struct Redacted(string Text, int Count);
