using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Index;

/// <summary>The ledger of deliveries in <c>state.db</c>.</summary>
sealed class Deliveries(LedgerFile ledger) : IDeliveries
{
    public void Put(Delivery delivery) => ledger.Act(connection =>
    {
        using var put = LedgerFile.Command(connection, "INSERT INTO deliveries(run_id, channel, user_id, room_id, session_id) VALUES($run, $channel, $user, $room, $session) ON CONFLICT(run_id) DO NOTHING",
            ("$run", delivery.Run.ToString()), ("$channel", delivery.Channel), ("$user", delivery.User), ("$room", delivery.Room), ("$session", delivery.Session?.ToString()));
        return put.ExecuteNonQuery();
    });

    public IReadOnlyList<Delivery> Pending(string channel, int limit) => ledger.Act(connection =>
    {
        using var command = LedgerFile.Command(connection, "SELECT run_id, channel, user_id, room_id, session_id FROM deliveries WHERE channel=$channel ORDER BY id LIMIT $limit", ("$channel", channel), ("$limit", limit));
        using var row = command.ExecuteReader();
        var pending = new List<Delivery>();
        while (row.Read())
            pending.Add(new(RunId.Parse(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : SessionId.Parse(row.GetString(4))));
        return pending;
    });

    public IReadOnlyList<RunId> Owed() => ledger.Act(connection =>
    {
        using var command = LedgerFile.Command(connection, "SELECT run_id FROM deliveries ORDER BY id");
        using var row = command.ExecuteReader();
        var owed = new List<RunId>();
        while (row.Read()) owed.Add(RunId.Parse(row.GetString(0)));
        return owed;
    });

    public void Confirm(RunId run) => ledger.Act(connection =>
    {
        using var gone = LedgerFile.Command(connection, "DELETE FROM deliveries WHERE run_id=$run", ("$run", run.ToString()));
        return gone.ExecuteNonQuery();
    });
}
