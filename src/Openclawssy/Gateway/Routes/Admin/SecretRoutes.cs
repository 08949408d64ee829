using Openclawssy.Gateway.Wire;
using Openclawssy.Runtime.Policy;
using Openclawssy.Runtime.Secrets;
using Openclawssy.Runtime.Storage;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Gateway.Routes.Admin;

/// <summary><c>/api/admin/secrets</c>: names, a way in, a way to remove. No value ever comes out.</summary>
sealed class SecretRoutes(GatewayRooms rooms)
{
    public IEnumerable<Route> All =>
    [
        new("GET", "/api/admin/secrets", "Lists the names of stored secrets and where each may be sent.", ListAsync) { Gives = GatewayJson.Default.SecretList },
        new("POST", "/api/admin/secrets", "Stores a secret; nothing shows its value again.", StoreAsync)
        {
            Takes = GatewayJson.Default.SecretOrder, Gives = GatewayJson.Default.SecretStored, Refusals = [413, 415],
        },
        new("DELETE", "/api/admin/secrets/{**name}", "Removes a secret.", RemoveAsync) { Gives = GatewayJson.Default.SecretRemoved, Refusals = [404, 409] },
    ];

    Task ListAsync(GatewayCall call)
    {
        var secrets = rooms.Installation.Secrets;
        if (secrets.Problem is { } locked) return call.AnswerAsync(new([], [], $"{locked.Message}; {locked.NextStep}"), GatewayJson.Default.SecretList);
        var rows = secrets.Facts.Select(facts => new SecretRow(facts.Name.ToString(), facts.Version, facts.CreatedAt, facts.Binding?.Hosts ?? [], facts.Binding?.Header)).ToList();
        return call.AnswerAsync(new([.. rows.Select(row => row.Name)], rows), GatewayJson.Default.SecretList);
    }

    async Task StoreAsync(GatewayCall call)
    {
        var order = await call.BodyAsync(GatewayJson.Default.SecretOrder);
        if (order.Name.Trim().Length == 0 || order.Value.Length == 0) throw RequestRefused.InvalidInput("name and value are required");
        var stored = Desk(call).Store(order.Name, order.Value);
        await call.AnswerAsync(new(true, stored.Name), GatewayJson.Default.SecretStored);
    }

    Task RemoveAsync(GatewayCall call)
    {
        if (!SecretPlaces.TryName(rooms.Installation.Config, call.Part("name"), out var name)) throw RequestRefused.InvalidInput(Runtime.Text.SecretName.Rule);
        var desk = Desk(call);
        try { rooms.Installation.Secrets.Store.Remove(name, desk.Witness); }
        catch (SecretException refused) { throw new RequestRefused(refused.Code == SecretErrorCodes.NotFound ? 404 : 409, refused.Code, $"{refused.Message}; {refused.NextStep}"); }
        catch (NotPrivateException refused) { throw new RequestRefused(409, "secrets.locked", $"{refused.Message}; {refused.NextStep}"); }
        return call.AnswerAsync(new(true, name.ToString()), GatewayJson.Default.SecretRemoved);
    }

    SecretsDesk Desk(GatewayCall call) =>
        new(Caller.WithToken(call.Holder.Credential, new(rooms.Installation.Grants)), rooms.Installation.Secrets, rooms.Installation.Config, rooms.Installation.InstallationAudit);
}
