using System.Globalization;
using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;

namespace Openclawssy.Index;

/// <summary>
/// The ledgers in <c>state.db</c>: tables beside the index that cannot be made again. They have a version of their own and stay when
/// the index is made anew, and every act waits for the disk. A broken file is an error here, never an empty ledger: it is the index
/// that moves it aside, at a start.
/// </summary>
sealed class LedgerFile(IndexFile file)
{
    const long Version = 1;

    const string Sql = """
        CREATE TABLE planned(id INTEGER PRIMARY KEY, job TEXT NOT NULL, instant INTEGER NOT NULL, state INTEGER NOT NULL, run_id TEXT, UNIQUE(job, instant));
        CREATE INDEX planned_open ON planned(state) WHERE state < 2;
        CREATE TABLE deliveries(id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, user_id TEXT NOT NULL, room_id TEXT NOT NULL, session_id TEXT);
        CREATE INDEX deliveries_pending ON deliveries(channel, id);
        CREATE TABLE ledger(version INTEGER NOT NULL);
        """;

    /// <summary>One transaction, on disk when this returns.</summary>
    /// <exception cref="IOException">It could not be kept.</exception>
    public T Act<T>(Func<SqliteConnection, T> act)
    {
        try
        {
            return file.Alone(connection =>
            {
                connection.Do("PRAGMA synchronous=FULL");
                using var transaction = connection.BeginTransaction(deferred: false);
                Prepare(connection);
                var result = act(connection);
                transaction.Commit();
                return result;
            });
        }
        catch (Exception problem) when (problem is SqliteException or IndexException or DllNotFoundException or TypeInitializationException)
        {
            throw new IOException($"the ledgers in {file.Path} cannot be used: {problem.Message}. `openclawssy doctor` looks at it", problem);
        }
    }

    static void Prepare(SqliteConnection connection)
    {
        if (connection.Number("SELECT count(*) FROM sqlite_master WHERE type='table' AND name='ledger'") == 0)
            connection.Do($"{Sql} INSERT INTO ledger(version) VALUES({Version.ToString(CultureInfo.InvariantCulture)});");
        else if (connection.Number("SELECT version FROM ledger") is var version && version != Version)
            throw new IndexException(string.Create(CultureInfo.InvariantCulture, $"they have the form {version}, and this program knows {Version}: a newer program wrote them"));
    }

    public static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
