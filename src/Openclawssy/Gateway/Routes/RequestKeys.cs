using System.Collections.Concurrent;
using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Runs;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Gateway.Routes;

/// <summary>
/// A request that is repeated under the same key gives the same run. The key stands in the run's own record, so it holds over a
/// restart; while the first request is still being written down, the second waits for it.
/// </summary>
sealed class RequestKeys(IRunIntake intake, IRunIndex index)
{
    readonly ConcurrentDictionary<string, Task<RunId>> arriving = new(StringComparer.Ordinal);

    public async ValueTask<RunId> AcceptAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (request.Key is not { } key) return await intake.AcceptAsync(request, cancellationToken);
        while (true)
        {
            var mine = new TaskCompletionSource<RunId>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (arriving.TryAdd(key.Name, mine.Task))
            {
                try
                {
                    var run = await KnownAsync(key, cancellationToken) ?? await intake.AcceptAsync(request, CancellationToken.None);
                    mine.SetResult(run);
                    return run;
                }
                finally
                {
                    mine.TrySetCanceled(CancellationToken.None);
                    arriving.TryRemove(key.Name, out _);
                }
            }
            // Whatever came of the other one, the record tells.
            if (arriving.TryGetValue(key.Name, out var other)) await ((Task)other.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    async Task<RunId?> KnownAsync(Runtime.Journal.RequestKey key, CancellationToken cancellationToken)
    {
        try
        {
            if (await index.FindByKeyAsync(key.Name, cancellationToken) is not { } known) return null;
            return known.Request == key.Request ? known.Run
                : throw new RequestRefused(422, "request.key_reused", "that Idempotency-Key came with another request before; use a new key");
        }
        catch (IndexException problem) { throw new RequestRefused(503, "runs.list_failed", $"whether that key was used cannot be seen now: {problem.Message}"); }
    }
}
