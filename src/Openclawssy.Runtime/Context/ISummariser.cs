namespace Openclawssy.Runtime.Context;

/// <summary>Condenses a part of a conversation. What it says is taken as words, never as facts; it may fail, and then there are none.</summary>
public interface ISummariser
{
    Task<string?> SummariseAsync(int turn, IReadOnlyList<Part> covered, CancellationToken cancellationToken);
}
