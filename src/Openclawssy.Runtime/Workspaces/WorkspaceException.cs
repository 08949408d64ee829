namespace Openclawssy.Runtime.Workspaces;

/// <summary>A workspace that cannot be opened as it is configured: what is wrong, and what a person does about it.</summary>
public sealed class WorkspaceException(string message) : Exception(message);
