using Microsoft.Extensions.AI;
using Openclawssy.Providers;

namespace Openclawssy.Tests.WallTests.Naughty.Wires;

/// <summary>Stands for a page that makes the clients, well and badly.</summary>
static class MakesWires
{
    static LedgerClient Metered(RehearsalScript script) => new(new Rehearsal(script), null);

    static IChatClient Bare(ModelEndpoint endpoint, ICredentialSource keys, ModelDoor door, TimeProvider clock) => new ChatCompletionsClient(endpoint, keys, door, clock);

    static IChatClient Beside(RehearsalScript script)
    {
        using var ledger = new LedgerClient(new Rehearsal(script), null);
        return new Rehearsal(script);
    }
}

/// <summary>Stands for a second page.</summary>
static class MakesAnother
{
    static LedgerClient Ledger(ModelEndpoint endpoint, ICredentialSource keys, ModelDoor door, TimeProvider clock) => new(new ChatCompletionsClient(endpoint, keys, door, clock), null);
}
