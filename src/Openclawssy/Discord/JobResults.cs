using System.Security.Cryptography;
using System.Text;
using Openclawssy.Runtime.Config;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Sessions;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Discord;

/// <summary>
/// Takes over what jobs owe to Discord: a row of the installation's ledger becomes one of this channel's, and from there on it is
/// brought like any answer. The same row is never taken over twice.
/// </summary>
sealed class JobResults(
    IDeliveries due, IDiscordLedger ledger, DiscordApi api, Func<OpenclawssyConfig> configuration, Action<Owed> bring, TimeProvider clock, TimeSpan pause, Action<string, Exception> report)
{
    const int MaxPending = 50;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                foreach (var delivery in due.Pending(ChannelNames.Discord, MaxPending)) await TakeOverAsync(delivery, cancellationToken);
            }
            catch (IOException problem) { report("the ledger of deliveries", problem); }
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    async Task TakeOverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        // Off for now, or a configuration that cannot be read: it waits.
        if (!configuration().Discord.Enabled) return;
        var owed = new Owed(IdOf(delivery.Run), delivery.Room, delivery.User, OwedFor.Job, delivery.Run);
        if (!ledger.Knows(owed.Id))
        {
            try
            {
                if (!await IsListedAsync(delivery, cancellationToken)) throw new DiscordNotListedException();
                await ledger.PutAsync(owed);
                bring(owed);
            }
            // It will not get there later either.
            catch (Exception refused) when (refused is DiscordNotListedException or DiscordRefusedException) { report($"the result of {delivery.Run} for Discord", refused); }
            catch (DiscordUnavailableException later)
            {
                report($"the result of {delivery.Run} for Discord waits", later);
                return;
            }
        }
        due.Confirm(delivery.Run);
    }

    /// <summary>A job may name any channel; which server it is in, Discord says.</summary>
    async Task<bool> IsListedAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var config = configuration();
        // It becomes a part of an address.
        if (!Json.IsId(delivery.Room)) return false;
        var guild = config.Discord.AllowGuilds.Count == 0 ? null : await api.GuildOfAsync(delivery.Room, cancellationToken);
        return DiscordLists.Allow(config, delivery.User, delivery.Room, guild);
    }

    /// <summary>Short enough for a nonce, and never the id of a message: those are digits.</summary>
    static string IdOf(RunId run) => "job" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.ToString())))[..17];
}
