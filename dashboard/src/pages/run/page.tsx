import { useEffect, useMemo, useState } from "preact/hooks";
import { api, said, type Answer } from "../../api/client";
import { Bars, Share } from "../../parts/chart";
import { Code } from "../../parts/code";
import { Copy } from "../../parts/copy";
import { tell as note } from "../../parts/dialog";
import { brief, duration, fullTime, money } from "../../parts/format";
import { Markdown } from "../../parts/markdown";
import { Badge, Loaded, Problem } from "../../parts/states";
import { invalidate, useQuery } from "../../state/query";
import { link } from "../../state/router";
import { bundle } from "../chat/transcript";
import { Timeline } from "./timeline";
import { readTrace, spent, type JournalEvent, type TraceState } from "./trace";

type Run = Answer<"/v1/runs/{id}", "get">;

export function RunPage({ id }: { id: string }) {
  const run = useQuery(`runs:one:${id}`, () => api.get("/v1/runs/{id}", { path: { id } }), 0);
  const [trace, setTrace] = useState<{ value: TraceState }>();
  useEffect(() => {
    const over = new AbortController();
    setTrace(readTrace(id, over.signal));
    return () => over.abort();
  }, [id]);
  const ended = trace?.value.events.at(-1)?.event === "run.ended";
  // What the journal says last, the record says too.
  useEffect(() => {
    if (ended) void run.refresh();
  }, [ended]);
  return (
    <>
      <p class="crumb"><a href="#/runs">Runs</a></p>
      <Loaded of={run} what="The run">
        {(data) => (
          <div class="stack">
            <Head run={data} />
            {trace && <Spending events={trace.value.events} />}
            <Words run={data} />
            {trace && <Timeline state={trace.value} />}
            <Verdict id={id} going={data.status === "running" || data.status === "queued"} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Head({ run }: { run: Run }) {
  const [stopping, setStopping] = useState(false);
  const going = run.status === "running" || run.status === "queued";
  const stop = async () => {
    setStopping(true);
    try {
      await api.post("/v1/runs/{id}/cancel", { path: { id: run.id } });
      invalidate("runs");
    } catch (problem) {
      note(said(problem), "bad");
      setStopping(false);
    }
  };
  return (
    <header class="page-head run-head">
      <div>
        <h1 tabIndex={-1}>{run.message.split("\n")[0]!.slice(0, 160) || "Run"}</h1>
        <p class="row muted"><Badge word={run.status} /> {run.reason && <code>{run.reason}</code>} <span class="mono">{run.id}</span> <Copy text={run.id} what="the run's id" /></p>
      </div>
      <div class="row">
        {going && <button type="button" class="danger" disabled={stopping} onClick={() => void stop()}>{stopping ? "Cancelling…" : "Stop"}</button>}
        {run.session_id && run.source === "dashboard" && <a class="button" href={link("chat", run.session_id)}>Open chat</a>}
        <button type="button" onClick={() => void bundle(run.id)}>Download bundle</button>
      </div>
      <dl class="facts">
        <div><dt>Agent</dt><dd><a href={link("agents", run.agent_id)}>{run.agent_id}</a></dd></div>
        <div><dt>Source</dt><dd>{run.source}</dd></div>
        <div><dt>Model</dt><dd>{run.model ? `${run.provider} / ${run.model}` : "–"}</dd></div>
        <div><dt>Began</dt><dd>{fullTime(run.created_at)}</dd></div>
        <div><dt>Took</dt><dd>{duration(run.duration_ms)}</dd></div>
        <div><dt>Turns, tool calls</dt><dd>{run.turns}, {run.tool_calls}</dd></div>
        <div><dt>Tokens in, out</dt><dd>{run.input_tokens == null ? "–" : brief(run.input_tokens)}, {run.output_tokens == null ? "–" : brief(run.output_tokens)}</dd></div>
        <div><dt>Cost</dt><dd>{run.cost_usd == null ? "unknown" : money(run.cost_usd)}</dd></div>
      </dl>
    </header>
  );
}

function Words({ run }: { run: Run }) {
  return (
    <div class="two">
      <section class="card" aria-label="Task"><h2>Task</h2><p class="pre">{run.message}</p></section>
      <section class="card" aria-label="Answer">
        <h2>Answer</h2>
        {run.error && <p class="field-problem">{run.error}</p>}
        {run.output ? <Markdown text={run.output} level={3} /> : !run.error && <p class="muted">None yet.</p>}
        {run.truncated && <p class="muted small-text">Cut here; the bundle has all of it.</p>}
      </section>
    </div>
  );
}

function Spending({ events }: { events: readonly JournalEvent[] }) {
  const sum = useMemo(() => spent(events), [events]);
  if (sum.model + sum.tools === 0) return null;
  const rest = Math.max(0, sum.whole - sum.model - sum.tools);
  return (
    <section class="card spending" aria-label="Where time and tokens went">
      <Share title="Time" unit={duration} parts={[{ name: "model", value: sum.model, tone: "accent" }, { name: "tools", value: sum.tools, tone: "good" }, ...(sum.whole > 0 ? [{ name: "waiting and own work", value: rest, tone: "" }] : [])]} />
      {sum.input + sum.output > 0 && <Share title="Tokens" unit={brief} parts={[{ name: "read", value: sum.input, tone: "accent" }, { name: "written", value: sum.output, tone: "warn" }]} />}
      {sum.turns.length > 1 && (
        <Bars title="Time by turn" unit={duration} bars={sum.turns.slice(-120).map((turn) => ({ label: `turn ${turn.turn}`, words: `turn ${turn.turn}: model ${duration(turn.model)}, tools ${duration(turn.tools)}`, parts: [{ value: turn.model, tone: "accent" }, { value: turn.tools, tone: "good" }] }))} />
      )}
    </section>
  );
}

function Verdict({ id, going }: { id: string; going: boolean }) {
  const audit = useQuery(`audit:run:${id}:${going}`, () => api.get("/api/admin/audit", { query: { run_id: id } }));
  return (
    <section class="card" aria-label="Audit">
      <div class="page-head flat"><h2>Audit</h2><button type="button" class="small" disabled={audit.busy} onClick={() => void audit.refresh()}>{audit.busy ? "Verifying…" : "Verify again"}</button></div>
      {going && <p class="muted">The run goes on; its journal is compared with the audit once more when it has ended.</p>}
      {audit.data ? <VerdictWords of={audit.data} /> : audit.error ? <Problem message={said(audit.error)} /> : <p class="muted" role="status">Verifying every record…</p>}
    </section>
  );
}

export function VerdictWords({ of }: { of: Answer<"/api/admin/audit", "get"> }) {
  return (
    <div class="stack tight">
      <p><Badge word={of.exit_code === 0 ? "ok" : "failed"} /> {of.verdict} <span class="muted">({brief(of.records)} records in {of.segments} segment{of.segments === 1 ? "" : "s"}{of.anchored ? ", anchored outside the installation" : ", not anchored"})</span></p>
      {of.findings.length > 0 && <Code text={of.findings.map((finding) => `${finding.file}${finding.line != null ? `:${finding.line}` : ""}${finding.seq != null ? ` (record ${finding.seq})` : ""}: ${finding.what}`).join("\n")} label="Findings" />}
    </div>
  );
}
