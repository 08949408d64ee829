import { api, type Answer } from "../api/client";
import { ago, brief, duration, fullTime, money, shortId } from "../parts/format";
import { Badge, Empty, Loaded, PageHead } from "../parts/states";
import { useQuery } from "../state/query";
import { link, replace, route } from "../state/router";
import { RunPage } from "./run/page";

const states = ["queued", "running", "completed", "failed", "cancelled", "timed_out", "needs_input"];
const pageSize = 50;

export function RunsPage() {
  const id = route.value.parts[0];
  return id ? <RunPage key={id} id={id} /> : <List />;
}

function List() {
  const query = route.value.query;
  const [status, agent, source] = [query.get("status") ?? "", query.get("agent") ?? "", query.get("source") ?? ""];
  const offset = Math.max(0, Number(query.get("from")) || 0);
  const runs = useQuery(`runs:${query}`, () => api.get("/v1/runs", { query: { status, agent_id: agent, source, limit: pageSize, offset } }), 3000);
  const agents = useQuery("agents:list", () => api.get("/api/admin/agents", { query: {} }));
  const filter = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    if (name !== "from") next.delete("from");
    replace(`#/runs${next.size ? `?${next}` : ""}`);
  };
  return (
    <>
      <PageHead title="Runs" note={runs.data ? `${brief(runs.data.total)} run${runs.data.total === 1 ? "" : "s"}, newest first` : undefined}>
        <label class="inline"><span>Status</span>
          <select value={status} onChange={(event) => filter("status", event.currentTarget.value)}>
            <option value="">any</option>
            {states.map((word) => <option key={word} value={word}>{word.replaceAll("_", " ")}</option>)}
          </select>
        </label>
        <label class="inline"><span>Agent</span>
          <select value={agent} onChange={(event) => filter("agent", event.currentTarget.value)}>
            <option value="">any</option>
            {[...new Set([...(agents.data?.agents ?? []), ...(agent ? [agent] : [])])].map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
        <label class="inline"><span>Source</span>
          <select value={source} onChange={(event) => filter("source", event.currentTarget.value)}>
            <option value="">any</option>
            {[...new Set(["dashboard", "http", "cli.ask", "cli.run", "cli.detach", "discord", "scheduler", ...(source ? [source] : [])])].map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      </PageHead>
      <Loaded of={runs} what="Runs">
        {(data) => data.runs.length === 0 ? (
          <Empty title={status || agent || source ? "No run matches" : "No runs yet"}>{!(status || agent || source) && <p><a href="#/chat">Ask an agent something</a></p>}</Empty>
        ) : (
          <>
            <RunTable runs={data.runs} />
            {(offset > 0 || offset + pageSize < data.total) && (
              <div class="row end pager">
                <span class="muted">{offset + 1}–{Math.min(offset + pageSize, data.total)} of {brief(data.total)}</span>
                <button type="button" disabled={offset === 0} onClick={() => filter("from", offset - pageSize > 0 ? String(offset - pageSize) : "")}>Newer</button>
                <button type="button" disabled={offset + pageSize >= data.total} onClick={() => filter("from", String(offset + pageSize))}>Older</button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

export function RunTable({ runs, label = "Runs" }: { runs: Answer<"/v1/runs", "get">["runs"]; label?: string }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="runs">
        <thead>
          <tr><th scope="col">Status</th><th scope="col">Task</th><th scope="col">Agent</th><th scope="col">Source</th><th scope="col" class="number">Time</th><th scope="col" class="number">Tokens</th><th scope="col" class="number">Cost</th><th scope="col">Began</th></tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td><Badge word={run.status} title={run.reason ?? undefined} /></td>
              <td class="task">
                <a href={link("runs", run.id)} title={run.id}>{run.message || shortId(run.id)}</a>
                {run.error && <span class="task-error">{run.error}</span>}
              </td>
              <td class="nowrap">{run.agent_id}</td>
              <td class="nowrap">{run.source}</td>
              <td class="number">{run.status === "queued" ? "–" : duration(run.duration_ms)}</td>
              <td class="number">{run.total_tokens == null ? "–" : brief(run.total_tokens)}</td>
              <td class="number">{money(run.cost_usd)}</td>
              <td class="nowrap" title={fullTime(run.created_at)}>{ago(run.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
