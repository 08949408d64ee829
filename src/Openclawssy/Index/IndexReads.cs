using System.Globalization;
using Microsoft.Data.Sqlite;
using Openclawssy.Runtime.Records;
using Openclawssy.Runtime.Text;
using Openclawssy.Runtime.Toolkit;

namespace Openclawssy.Index;

/// <summary>Asks an open index.</summary>
sealed class IndexReads(SqliteConnection connection)
{
    const string Page = "ORDER BY created_at DESC, run_id DESC LIMIT $limit OFFSET $offset";

    public string? Mark(string name)
    {
        using var command = Command("SELECT value FROM marks WHERE name=$name", ("$name", name));
        return (string?)command.ExecuteScalar();
    }

    /// <summary>The ids there are, and whether each has its end.</summary>
    public Dictionary<string, bool> Known()
    {
        using var command = Command("SELECT run_id, status FROM runs");
        using var rows = command.ExecuteReader();
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (rows.Read()) known[rows.GetString(0)] = rows.GetString(1) is not (RunSummary.Running or RunSummary.Queued);
        return known;
    }

    public RunPage List(RunFilter filter, int limit, int offset)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        using var command = Paged("SELECT * FROM runs", filter, limit, offset);
        using var rows = command.ExecuteReader();
        var runs = new List<RunSummary>();
        while (rows.Read()) runs.Add(Line(rows));
        return new(Total(filter), runs);
    }

    /// <summary>An agent's finished runs, the newest first, without so many of them.</summary>
    public IReadOnlyList<RunId> EndedBeyond(AgentId agent, int newest)
    {
        using var command = Command(
            $"SELECT run_id FROM runs WHERE agent_id=$agent AND status NOT IN ('{RunSummary.Running}','{RunSummary.Queued}') ORDER BY created_at DESC, run_id DESC LIMIT -1 OFFSET $newest",
            ("$agent", agent.ToString()), ("$newest", newest));
        using var rows = command.ExecuteReader();
        var found = new List<RunId>();
        while (rows.Read()) found.Add(RunId.Parse(rows.GetString(0)));
        return found;
    }

    /// <summary>The first run of that request.</summary>
    public (RunId Run, string Request)? FindByKey(string name)
    {
        using var command = Command("SELECT run_id, key_request FROM runs WHERE key_name=$name ORDER BY created_at, run_id LIMIT 1", ("$name", name));
        using var rows = command.ExecuteReader();
        return rows.Read() ? (RunId.Parse(rows.GetString(0)), rows.GetString(1)) : null;
    }

    public RunFigures Measure(RunFilter filter, int limit, int offset)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var statuses = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using (var command = Paged("SELECT status FROM runs", filter, limit, offset))
        using (var rows = command.ExecuteReader())
            while (rows.Read()) statuses[rows.GetString(0)] = statuses.GetValueOrDefault(rows.GetString(0)) + 1;

        var tools = new List<ToolFigures>();
        using (var command = Paged("SELECT tool, error IS NOT NULL, duration_ms FROM calls WHERE run_id IN (SELECT run_id FROM runs", filter, limit, offset, ") ORDER BY tool, duration_ms"))
        using (var rows = command.ExecuteReader())
        {
            string? tool = null;
            var (errors, durations) = (0, new List<long>());
            while (rows.Read())
            {
                if (tool is not null && tool != rows.GetString(0))
                {
                    tools.Add(Figures(tool, errors, durations));
                    (errors, durations) = (0, []);
                }
                tool = rows.GetString(0);
                errors += rows.GetInt32(1);
                durations.Add(rows.GetInt64(2));
            }
            if (tool is not null) tools.Add(Figures(tool, errors, durations));
        }
        return new(Total(filter), statuses.Values.Sum(), statuses, tools);
    }

    public IReadOnlyList<UsageBucket> Usage(AgentId? agent, DateTimeOffset since, TimeSpan bucket)
    {
        using var command = Command(
            $"SELECT created_at, status, input_tokens, output_tokens, cost_usd, duration_ms, turns FROM runs WHERE created_at >= $since{(agent is null ? "" : " AND agent_id=$agent")}",
            [("$since", since.UtcTicks), .. agent is { } one ? new (string, object)[] { ("$agent", one.ToString()) } : []]);
        using var rows = command.ExecuteReader();
        var buckets = new SortedDictionary<long, UsageBucket>();
        while (rows.Read())
        {
            var start = rows.GetInt64(0) / bucket.Ticks * bucket.Ticks;
            var sum = buckets.GetValueOrDefault(start) ?? new(new(start, TimeSpan.Zero), 0, 0, 0, 0, 0, 0, 0);
            var status = rows.GetString(1);
            var ended = status is not (RunSummary.Running or RunSummary.Queued);
            decimal? cost = rows.IsDBNull(4) ? null : decimal.Parse(rows.GetString(4), CultureInfo.InvariantCulture);
            buckets[start] = sum with
            {
                Runs = sum.Runs + 1,
                Failed = sum.Failed + (status is "failed" or "timed_out" ? 1 : 0),
                InputTokens = sum.InputTokens + (rows.IsDBNull(2) ? 0 : rows.GetInt64(2)),
                OutputTokens = sum.OutputTokens + (rows.IsDBNull(3) ? 0 : rows.GetInt64(3)),
                CostUsd = sum.CostUsd + (cost ?? 0),
                // A run that asked no model cost nothing.
                Unpriced = sum.Unpriced + (ended && cost is null && rows.GetInt64(6) > 0 ? 1 : 0),
                DurationMs = sum.DurationMs + rows.GetInt64(5),
            };
        }
        return [.. buckets.Values];
    }

    long Total(RunFilter filter)
    {
        var (where, values) = Where(filter);
        using var command = Command($"SELECT count(*) FROM runs{where}", [.. values]);
        return (long)command.ExecuteScalar()!;
    }

    static ToolFigures Figures(string tool, int errors, List<long> sorted) => new(
        tool, sorted.Count, errors, sorted.Sum(), sorted[^1], AtRank(sorted, 50), AtRank(sorted, 95));

    // The nearest rank: a duration some call really had.
    static long AtRank(List<long> sorted, int percent) => sorted[(sorted.Count * percent + 99) / 100 - 1];

    SqliteCommand Paged(string select, RunFilter filter, int limit, int offset, string after = "")
    {
        var (where, values) = Where(filter);
        return Command($"{select}{where} {Page}{after}", [.. values, ("$limit", limit), ("$offset", offset)]);
    }

    static (string Sql, List<(string, object)> Values) Where(RunFilter filter)
    {
        List<string> terms = [];
        List<(string, object)> values = [];
        void Add(string column, string? value)
        {
            if (value is null) return;
            terms.Add($"{column}=${column}");
            values.Add(($"${column}", value));
        }
        Add("agent_id", filter.Agent?.ToString());
        Add("status", filter.Status?.ToLowerInvariant());
        Add("source", filter.Source);
        return (terms.Count == 0 ? "" : $" WHERE {string.Join(" AND ", terms)}", values);
    }

    SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    static RunSummary Line(SqliteDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        long? Number(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
        return new(
            RunId.Parse(row.GetString(0)), AgentId.Parse(row.GetString(1)), row.GetString(2), Text(3), row.GetString(4), Text(5), new(row.GetInt64(6), TimeSpan.Zero), new(row.GetInt64(7), TimeSpan.Zero),
            row.GetInt64(8), row.GetInt32(9), row.GetInt32(10), Number(11), Number(12), Number(13), Text(14) is { } cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null,
            Text(15), Text(16), row.GetString(17), Text(18), row.GetString(19), row.GetInt64(20), Text(21), Text(22));
    }
}
