using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Scheduling;
using Openclawssy.Runtime.Text;

namespace Openclawssy.Index;

/// <summary>The ledger of planned instants in <c>state.db</c>.</summary>
sealed class PlannedInstants(LedgerFile ledger) : IPlannedInstants
{
    /// <summary>Claims kept of one job: more than a day of one that runs each second, so that a clock put back by a day repeats nothing.</summary>
    const int Kept = 100_000;

    const int PruneEach = 1_000;

    const int Claimed = 0, ToTryAgain = 1, Settled = 2;

    public bool TryClaim(JobId job, DateTimeOffset instant) => ledger.Act(connection =>
    {
        using var claim = Of(connection, job, instant, $"INSERT INTO planned(job, instant, state) VALUES($job, $instant, {Claimed}) ON CONFLICT(job, instant) DO UPDATE SET state={Claimed} WHERE state={ToTryAgain}");
        if (claim.ExecuteNonQuery() == 0) return false;
        if (connection.Number("SELECT last_insert_rowid()") % PruneEach == 0) Prune(connection, job);
        return true;
    });

    public void PutBack(JobId job, DateTimeOffset instant) => ledger.Act(connection =>
    {
        using var back = Of(connection, job, instant, $"UPDATE planned SET state={ToTryAgain} WHERE job=$job AND instant=$instant AND state={Claimed}");
        return back.ExecuteNonQuery();
    });

    public void Settle(JobId job, DateTimeOffset instant, RunId? run) => ledger.Act(connection =>
    {
        using var settle = Of(connection, job, instant, $"UPDATE planned SET state={Settled}, run_id=$run WHERE job=$job AND instant=$instant");
        settle.Parameters.AddWithValue("$run", run is { } id ? id.ToString() : DBNull.Value);
        return settle.ExecuteNonQuery();
    });

    public IReadOnlyList<OpenInstant> Open() => ledger.Act(connection =>
    {
        using var command = LedgerFile.Command(connection, $"SELECT job, instant, state FROM planned WHERE state < {Settled} ORDER BY id");
        using var row = command.ExecuteReader();
        var open = new List<OpenInstant>();
        while (row.Read()) open.Add(new(JobId.Parse(row.GetString(0)), new(row.GetInt64(1), TimeSpan.Zero), row.GetInt64(2) == ToTryAgain));
        return open;
    });

    static void Prune(SqliteConnection connection, JobId job)
    {
        using var prune = LedgerFile.Command(connection,
            $"DELETE FROM planned WHERE job=$job AND state={Settled} AND id <= (SELECT id FROM planned WHERE job=$job ORDER BY id DESC LIMIT 1 OFFSET {Kept})", ("$job", job.ToString()));
        prune.ExecuteNonQuery();
    }

    static SqliteCommand Of(SqliteConnection connection, JobId job, DateTimeOffset instant, string sql) => LedgerFile.Command(connection, sql, ("$job", job.ToString()), ("$instant", instant.UtcTicks));
}
