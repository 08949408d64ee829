using Openclawssy.Runtime.Channels;
using Openclawssy.Runtime.Records;

namespace Openclawssy.Discord;

/// <summary>Brings answers of jobs to the Discord channels they name: what the ledger holds, until Discord has it or will never take it.</summary>
/// <param name="outputOf">A run's answer as people may see it; null while it has none.</param>
sealed class DiscordDeliveries(IDeliveries ledger, Func<Delivery, string?> outputOf, DiscordBridge bridge, TimeProvider clock, Action<string, Exception> report)
{
    /// <summary>How often the ledger is looked at.</summary>
    static readonly TimeSpan interval = TimeSpan.FromSeconds(5);

    const int Batch = 20;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try { await BringAsync(cancellationToken); }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { return; }
            catch (Exception problem) { report("deliveries to Discord", problem); }
            await Task.Delay(interval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Once through what is pending.</summary>
    internal async Task BringAsync(CancellationToken cancellationToken)
    {
        if (bridge.State.Current.Phase != DiscordPhase.Connected) return;
        foreach (var delivery in ledger.Pending(ChannelNames.Discord, Batch))
        {
            if (outputOf(delivery) is not { } text) continue;
            try
            {
                await bridge.DeliverAsync(delivery.User, delivery.Room, text, delivery.Run.ToString(), cancellationToken);
            }
            catch (DiscordUnavailableException) { return; }
            // Nothing changes by trying again: a person hears why it is not said.
            catch (Exception never) when (never is DiscordRefusedException or DiscordStoppedException) { report($"the answer of {delivery.Run} is not delivered", never); }
            ledger.Confirm(delivery.Run);
        }
    }
}
