namespace Openclawssy.Tests.House;

/// <summary>Keeps what a desk records, in memory.</summary>
sealed class Ledger
{
    public List<string> Lines { get; } = [];

    public void Record(string actor, string happened, params ReadOnlySpan<(string Name, string? Value)> payload)
    {
        var line = $"{actor}: {happened}";
        foreach (var (name, value) in payload) line += $" {name}={value}";
        Lines.Add(line);
    }
}
