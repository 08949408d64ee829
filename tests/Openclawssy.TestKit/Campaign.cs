namespace Openclawssy.TestKit;

/// <summary>The one place that says how long race, crash and soak tests run: short in <c>make test</c>, full in <c>make campaign</c>.</summary>
public static class Campaign
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("OPENCLAWSSY_CAMPAIGN") == "1";

    /// <summary>Seed of every random choice, printed by the tests that use it; set OPENCLAWSSY_SEED to repeat a run.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("OPENCLAWSSY_SEED"), out var seed) ? seed : 20261122;

    public static int Scale(int shortened, int full) => IsFull ? full : shortened;
}
