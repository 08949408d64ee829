using System.Text.Json.Serialization;

namespace Openclawssy.Sandboxes;

/// <summary>The launcher's last word about one command.</summary>
/// <param name="Failed">The step that failed, when the command was never begun.</param>
/// <param name="Error">The kernel's error number at that step.</param>
/// <param name="EndedBy"><c>exit</c>, <c>timeout</c>, <c>cancelled</c>, <c>memory</c> or <c>output</c>.</param>
/// <param name="Processes">What counts processes: <c>group</c>, <c>user</c> or <c>none</c>.</param>
/// <param name="Memory">What holds the memory of all processes together: <c>group</c>, the kernel's own limit, or <c>looks</c>, ten a second.</param>
sealed record LaunchReport(
    int V, string? Failed, int Error, int ExitCode, int? Signal, string? EndedBy, int LandlockAbi, string? Processes, bool ProcessesFull, string? Memory, bool MemoryFull, long UserMs, long SystemMs, long PeakKib);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LaunchReport))]
sealed partial class LaunchReportJson : JsonSerializerContext;
