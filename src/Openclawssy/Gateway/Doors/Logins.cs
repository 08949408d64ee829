using System.Globalization;
using System.Net;

namespace Openclawssy.Gateway.Doors;

/// <summary>
/// What the installation's audit learns about who came: the first time each token comes from each address, and each time a limit on
/// guesses is reached. It is written beside the request and holds nobody up; the acts themselves are recorded before they happen.
/// </summary>
/// <param name="record">Actor, what happened, from where.</param>
sealed class Logins(Action<string, string, string> record, Action<string, Exception> report)
{
    /// <summary>Pairs of token and address that are remembered; beyond that all are forgotten, and are recorded again when they come.</summary>
    public const int MaxRemembered = 1024;

    public const string Succeeded = "login.succeeded", Locked = "login.locked";

    readonly Lock gate = new();
    readonly HashSet<(string Credential, IPAddress Address)> seen = [];
    Task last = Task.CompletedTask;

    public void Came(string credential, IPAddress? address)
    {
        var from = GuessLimit.Canonical(address);
        lock (gate)
        {
            if (seen.Contains((credential, from))) return;
            if (seen.Count >= MaxRemembered) seen.Clear();
            seen.Add((credential, from));
            Write($"operator {credential}", Succeeded, from.ToString());
        }
    }

    public void Reached(GuessLock limit, IPAddress? address)
    {
        lock (gate) Write("gateway", Locked, limit == GuessLock.OfOne ? GuessLimit.Canonical(address).ToString() : string.Create(CultureInfo.InvariantCulture, $"many addresses, {GuessLimit.Canonical(address)} the last"));
    }

    // One after the other, off the request's path. There are few: a limit is reached at most once a minute by each address.
    void Write(string actor, string happened, string from) => last = last.ContinueWith(_ =>
    {
        try { record(actor, happened, from); }
        catch (Exception problem) { report("recording a login", problem); }
    }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Completes when what came so far is recorded.</summary>
    public Task WrittenAsync() { lock (gate) return last; }
}
