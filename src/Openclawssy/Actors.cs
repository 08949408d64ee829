using Openclawssy.Runtime.Storage;

namespace Openclawssy;

/// <summary>How the installation's audit names who did something.</summary>
static class Actors
{
    /// <summary>The person who started this process.</summary>
    public static string Operator => $"operator uid={StateFolder.EffectiveUser}{(StateFolder.Terminal is { } terminal ? $" tty={terminal}" : "")}";
}
