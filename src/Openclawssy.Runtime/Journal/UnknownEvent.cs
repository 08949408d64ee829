namespace Openclawssy.Runtime.Journal;

/// <summary>An event of a newer program, read from its journal. Never written.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Fields">All its fields, a JSON object.</param>
public sealed record UnknownEvent(string Name, string Fields) : RunEvent;
