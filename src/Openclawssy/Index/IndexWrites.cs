using System.Globalization;
using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>Puts lines into an open index. One thread at a time.</summary>
sealed class IndexWrites(SqliteConnection connection)
{
    static readonly string[] columns =
    [
        "run_id", "agent_id", "source", "session_id", "status", "reason", "created_at", "updated_at", "duration_ms", "tool_calls", "turns",
        "input_tokens", "output_tokens", "total_tokens", "cost_usd", "provider", "model", "message", "error", "process", "seq", "key_name", "key_request",
    ];

    // An older line never replaces a younger one, whoever comes last: what lags behind and what is made again may cross.
    static readonly string putRun =
        $"INSERT INTO runs({string.Join(',', columns)}) VALUES({string.Join(',', columns.Select(name => "$" + name))}) "
        + $"ON CONFLICT(run_id) DO UPDATE SET {string.Join(',', columns.Skip(1).Select(name => $"{name}=excluded.{name}"))} WHERE excluded.seq >= runs.seq";

    const string PutCall = "INSERT OR REPLACE INTO calls(run_id, seq, tool, error, duration_ms) VALUES($run_id, $seq, $tool, $error, $duration_ms)";

    public void Put(RunSummary run) => Run(putRun,
    [
        run.Id.ToString(), run.Agent.ToString(), run.Source, run.Session, run.Status, run.Reason, run.CreatedAt.UtcTicks, run.UpdatedAt.UtcTicks, run.DurationMs, run.ToolCalls, run.Turns,
        run.InputTokens, run.OutputTokens, run.TotalTokens, run.CostUsd?.ToString(CultureInfo.InvariantCulture), run.Provider, run.Model, run.Message, run.Error, run.Process, run.Seq, run.KeyName, run.KeyRequest,
    ], columns);

    public void Put(RunSummary run, CallLine call) =>
        Run(PutCall, [run.Id.ToString(), call.Seq, call.Tool, call.ErrorCode, call.DurationMs], ["run_id", "seq", "tool", "error", "duration_ms"]);

    public void Remove(string run)
    {
        Run("DELETE FROM runs WHERE run_id=$run_id", [run], ["run_id"]);
        Run("DELETE FROM calls WHERE run_id=$run_id", [run], ["run_id"]);
    }

    public void Mark(string name, string value) => Run("INSERT OR REPLACE INTO marks(name, value) VALUES($name, $value)", [name, value], ["name", "value"]);

    void Run(string sql, object?[] values, string[] names)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < names.Length; i++) command.Parameters.AddWithValue("$" + names[i], values[i] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }
}
