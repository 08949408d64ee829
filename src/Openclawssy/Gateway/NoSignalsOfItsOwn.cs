using Microsoft.Extensions.Hosting;

namespace Openclawssy.Gateway;

/// <summary>The server lives as long as the command does. The framework's own lifetime listens to signals too, and would take the second one away, which ends the process.</summary>
sealed class NoSignalsOfItsOwn : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
