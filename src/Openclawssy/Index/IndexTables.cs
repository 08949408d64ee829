using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Openclawssy.Index;

/// <summary>The tables of the index, and statements without parameters.</summary>
static class IndexTables
{
    // Every list is newest first, of one agent or of all; with state and source in the index, counting never looks at a row.
    const string Sql = """
        DROP TABLE IF EXISTS runs;
        DROP TABLE IF EXISTS calls;
        DROP TABLE IF EXISTS marks;
        CREATE TABLE runs(
            run_id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, source TEXT NOT NULL, session_id TEXT, status TEXT NOT NULL, reason TEXT,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, tool_calls INTEGER NOT NULL, turns INTEGER NOT NULL,
            input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER, cost_usd TEXT, provider TEXT, model TEXT, message TEXT NOT NULL, error TEXT, process TEXT NOT NULL,
            seq INTEGER NOT NULL, key_name TEXT, key_request TEXT) WITHOUT ROWID;
        CREATE INDEX runs_of_key ON runs(key_name) WHERE key_name IS NOT NULL;
        CREATE INDEX runs_newest ON runs(created_at DESC, run_id DESC, status, source);
        CREATE INDEX runs_of_agent ON runs(agent_id, created_at DESC, run_id DESC, status, source);
        CREATE TABLE calls(
            run_id TEXT NOT NULL, seq INTEGER NOT NULL, tool TEXT NOT NULL, error TEXT, duration_ms INTEGER NOT NULL, PRIMARY KEY(run_id, seq)) WITHOUT ROWID;
        CREATE TABLE marks(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """;

    public static void Make(SqliteConnection connection, int version)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Do($"{Sql} PRAGMA user_version={version.ToString(CultureInfo.InvariantCulture)};");
        transaction.Commit();
    }

    public static void Do(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
