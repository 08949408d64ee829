import { useEffect, useState } from "preact/hooks";
import { api, said } from "../api/client";
import { Code } from "../parts/code";
import { fullTime, pretty, shortTime } from "../parts/format";
import { Badge, Empty, Loaded, PageHead, Problem } from "../parts/states";
import { useQuery } from "../state/query";
import { link, replace, route } from "../state/router";
import { VerdictWords } from "./run/page";

type Record_ = Record<string, unknown> & { seq?: number; ts?: string; event?: string; actor?: string; run_id?: string; agent_id?: string; payload?: Record<string, unknown> };

const text = (value: unknown): string => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));

export function AuditPage() {
  const query = route.value.query;
  const get = (name: string) => query.get(name) ?? "";
  const [agent, event, search, actor, run] = [get("agent"), get("event"), get("q"), get("actor"), get("run")];
  const agents = useQuery("agents:list", () => api.get("/api/admin/agents", { query: {} }));
  const verdict = useQuery("audit:verdict", () => api.get("/api/admin/audit"));
  const [typed, setTyped] = useState(search);
  // What the address says at that moment, not when the page was drawn: typing ends later than a click.
  const filter = (name: string, value: string) => {
    const next = new URLSearchParams(route.value.query);
    if (value) next.set(name, value);
    else next.delete(name);
    replace(`#/audit${next.size ? `?${next}` : ""}`);
  };
  // Asked when the typing stops.
  useEffect(() => {
    const timer = setTimeout(() => typed !== (route.value.query.get("q") ?? "") && filter("q", typed), 300);
    return () => clearTimeout(timer);
  }, [typed]);
  const denials = event === "policy.denied";
  return (
    <>
      <PageHead title="Audit" />
      <div class="stack">
        <section class="card" aria-label="Verdict">
          <div class="page-head flat"><h2>Chains</h2><button type="button" class="small" disabled={verdict.busy} onClick={() => void verdict.refresh()}>{verdict.busy ? "Verifying…" : "Verify again"}</button></div>
          {verdict.data ? <VerdictWords of={verdict.data} /> : verdict.error ? <Problem message={said(verdict.error)} again={verdict.refresh} /> : <p class="muted" role="status">Verifying every record…</p>}
        </section>
        <section class="card" aria-label="Records">
          <div class="audit-filters">
            <label class="field"><span>Chain</span>
              <select value={agent} onChange={(change) => filter("agent", change.currentTarget.value)}>
                <option value="">the installation</option>
                {[...new Set([...(agents.data?.agents ?? []), ...(agent ? [agent] : [])])].map((name) => <option key={name} value={name}>agent {name}</option>)}
              </select>
            </label>
            <label class="field grow"><span>Search</span><input type="search" value={typed} onInput={(change) => setTyped(change.currentTarget.value)} /></label>
            <label class="field"><span>Event</span><input value={event} spellcheck={false} placeholder="policy.denied" onChange={(change) => filter("event", change.currentTarget.value.trim())} /></label>
            <label class="field"><span>Actor contains</span><input value={actor} spellcheck={false} onChange={(change) => filter("actor", change.currentTarget.value.trim())} /></label>
            <label class="field"><span>Run</span><input value={run} spellcheck={false} placeholder="run_…" onChange={(change) => filter("run", change.currentTarget.value.trim())} /></label>
            <button type="button" aria-pressed={denials} onClick={() => {
              const next = new URLSearchParams(query);
              if (denials) next.delete("event");
              else next.set("event", "policy.denied");
              // Calls are denied in agents' chains, not in the installation's.
              if (!denials && !agent) next.set("agent", agents.data?.agents.includes("default") ? "default" : (agents.data?.agents[0] ?? "default"));
              replace(`#/audit?${next}`);
            }}>Denials</button>
          </div>
          <Records key={query.toString()} agent={agent} event={event} q={search} actor={actor} run={run} />
        </section>
      </div>
    </>
  );
}

function Records({ agent, event, q, actor, run }: { agent: string; event: string; q: string; actor: string; run: string }) {
  const [before, setBefore] = useState<number | undefined>();
  const found = useQuery(`audit:records:${agent}:${event}:${q}:${actor}:${run}:${before ?? ""}`, () =>
    api.get("/api/admin/audit/records", { query: { agent_id: agent, event, q, actor, run_id: run, limit: 100, ...(before ? { before } : {}) } }), before ? 0 : 10_000);
  return (
    <Loaded of={found} what="Records">
      {(data) => (
        <>
          {data.records.length === 0 ? <Empty title="No record matches" /> : (
            <ul class="records">{(data.records as Record_[]).map((record) => <li key={record.seq}><Row record={record} /></li>)}</ul>
          )}
          <div class="row end pager">
            {before !== undefined && <button type="button" onClick={() => setBefore(undefined)}>Newest</button>}
            {data.before != null && <button type="button" onClick={() => setBefore(data.before!)}>Older</button>}
          </div>
        </>
      )}
    </Loaded>
  );
}

function Row({ record }: { record: Record_ }) {
  const [open, setOpen] = useState(false);
  const payload = record.payload ?? {};
  const denied = record.event === "policy.denied";
  const words = denied ? text(payload["reason"]) : text(payload["tool"] ?? payload["message"] ?? payload["summary"] ?? Object.entries(payload).map(([name, value]) => `${name}: ${text(value)}`).join(", "));
  return (
    <details class="record" onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
      <summary>
        <span class="muted nowrap" title={record.ts ? fullTime(record.ts) : undefined}>{record.ts ? shortTime(record.ts) : ""}</span>
        <span class="mono nowrap">{record.event}</span>
        {denied && <Badge word="deny" />}
        <span class="record-words">{denied && <span class="mono">{text(payload["tool"])} </span>}{words}</span>
        <span class="muted record-actor">{record.actor}</span>
      </summary>
      {open && (
        <div class="tool-body">
          {denied && (
            <p class="denial">Denied by the rule <code>{text(payload["rule"])}</code>, written at <code>{text(payload["written_at"])}</code>. {text(payload["reason"])}
              {record.agent_id && <> <a href={link("agents", record.agent_id, "rights")}>Rights of {record.agent_id}</a></>}</p>
          )}
          {record.run_id && <p><a href={link("runs", record.run_id)}>Open the run</a></p>}
          <Code text={pretty(record)} language="json" label={`Record ${record.seq ?? ""}`} />
        </div>
      )}
    </details>
  );
}
