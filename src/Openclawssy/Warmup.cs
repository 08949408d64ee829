using System.Security.Cryptography;

namespace Openclawssy;

/// <summary>
/// Work every run needs and that needs nothing of the run, done on another core while the instance is opened: the hash library
/// is loaded (measured: 3 ms of a 35 ms <c>ask</c>).
/// </summary>
static class Warmup
{
    public static void Begin() => _ = Task.Run(() => SHA256.HashData([]));
}
