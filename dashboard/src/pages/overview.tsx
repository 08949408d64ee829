import { useState } from "preact/hooks";
import { api, type Answer } from "../api/client";
import { Bars } from "../parts/chart";
import { ago, brief, duration, fullTime, money, number } from "../parts/format";
import { Badge, Empty, Loaded, PageHead } from "../parts/states";
import { useQuery } from "../state/query";
import { link } from "../state/router";
import { RunTable } from "./runs";

const spans = [{ hours: 24, label: "24 hours" }, { hours: 168, label: "7 days" }, { hours: 720, label: "30 days" }];

export function OverviewPage() {
  const [hours, setHours] = useState(24);
  const status = useQuery("status", () => api.get("/api/admin/status"), 3000);
  const usage = useQuery(`usage:${hours}`, () => api.get("/api/admin/usage", { query: { hours } }), 15_000);
  const failed = useQuery("runs:failed-lately", async () => {
    const lists = await Promise.all(["failed", "timed_out", "needs_input"].map((word) => api.get("/v1/runs", { query: { status: word, limit: 5 } })));
    return lists.flatMap((list) => list.runs).sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, 6);
  }, 10_000);
  const jobs = useQuery("jobs", () => api.get("/api/admin/scheduler/jobs"), 15_000);
  const doctor = useQuery("doctor", () => api.get("/api/admin/doctor"), 60_000);
  return (
    <>
      <PageHead title="Overview" note={status.data ? `version ${status.data.version}, up since ${fullTime(status.data.started_at)}` : undefined}>
        <div class="row" role="group" aria-label="Time span">
          {spans.map((span) => <button key={span.hours} type="button" class="small" aria-pressed={hours === span.hours} onClick={() => setHours(span.hours)}>{span.label}</button>)}
        </div>
      </PageHead>
      <div class="stack">
        <Loaded of={status} what="The state">{(data) => <Now status={data} />}</Loaded>
        <Loaded of={usage} what="Usage">{(data) => <Usage usage={data} hours={hours} />}</Loaded>
        <section class="card" aria-label="Failed lately">
          <h2>Failed lately</h2>
          <Loaded of={failed} what="Failed runs">{(runs) => (runs.length === 0 ? <p class="muted">No run failed.</p> : <RunTable runs={runs} label="Failed runs" />)}</Loaded>
        </section>
        <section class="card" aria-label="Next jobs">
          <h2>Next jobs</h2>
          <Loaded of={jobs} what="Jobs">
            {(data) => {
              const next = data.jobs.filter((job) => job.enabled && job.next_run).sort((a, b) => a.next_run!.localeCompare(b.next_run!)).slice(0, 5);
              if (data.paused) return <p class="muted">The scheduler is paused. <a href="#/scheduler">Scheduler</a></p>;
              if (next.length === 0) return <p class="muted">No job is due. <a href="#/scheduler">Scheduler</a></p>;
              return <ul class="going flush">{next.map((job) => <li key={job.id}><a href="#/scheduler">{job.id}</a> <span class="muted">{fullTime(job.next_run!)}, {ago(job.next_run!)} · {job.explained}</span></li>)}</ul>;
            }}
          </Loaded>
        </section>
        <div class="two">
          <section class="card" aria-label="Tools">
            <h2>Tools</h2>
            <Loaded of={usage} what="Tools">{(data) => <Tools tools={data.tools} />}</Loaded>
          </section>
          <section class="card" aria-label="Health">
            <div class="page-head flat"><h2>Health</h2>{doctor.data && <Badge word={doctor.data.health} />}</div>
            <Loaded of={doctor} what="Health">{(data) => <Health doctor={data} />}</Loaded>
          </section>
        </div>
      </div>
    </>
  );
}

function Now({ status }: { status: Answer<"/api/admin/status", "get"> }) {
  const going = status.runs.filter((run) => run.status === "running" || run.status === "queued");
  const facts: [string, string, string?][] = [
    ["Running", `${status.queue.running} of ${status.queue.max_running}`],
    ["Waiting", `${status.queue.waiting} of ${status.queue.max_waiting}`],
    ["Runs in all", number(status.run_count)],
    ["Model", `${status.model.provider} / ${status.model.name}`],
    ["Audit", status.audit_ok ? "written" : "lost", status.audit_ok ? "" : "bad"],
    ["Commands", status.commands_enabled ? `sandbox: ${status.sandbox_tier ?? "on"}` : "off"],
    ["Network", status.network_enabled ? "on" : "off"],
    ["Chat", !status.chat_enabled ? "off" : status.chat_users === 0 ? "nobody allowed" : `${status.chat_users} allowed`],
    ["Discord", status.discord_enabled ? discordWords(status.discord) : "off", status.discord_enabled && status.discord.phase === "stopped" ? "bad" : ""],
    ["TLS", status.tls_enabled ? "on" : "off"],
  ];
  return (
    <>
      {status.warnings.map((warning) => <p key={warning} class="notice warn" role="status">{warning}</p>)}
      <section class="card" aria-label="Now">
        <dl class="facts">{facts.map(([name, value, tone]) => <div key={name}><dt>{name}</dt><dd class={tone === "bad" ? "field-problem" : ""}>{value}</dd></div>)}</dl>
        {status.discord_enabled && <DiscordError discord={status.discord} />}
        {going.length > 0 ? (
          <ul class="going">
            {going.map((run) => <li key={run.id}><Badge word={run.status} /> <a href={link("runs", run.id)}>{run.message || run.id}</a> <span class="muted">{run.agent_id} · {ago(run.created_at)}</span></li>)}
          </ul>
        ) : <p class="muted going">Nothing runs right now.</p>}
      </section>
    </>
  );
}

type Discord = Answer<"/api/admin/status", "get">["discord"];

function discordWords(discord: Discord): string {
  switch (discord.phase) {
    case "connected": return `connected as ${discord.bot ?? "the bot"}`;
    case "waiting": return "connects again in a moment";
    // It was switched on while the gateway ran.
    case "off": return "on from the next start";
    default: return discord.phase;
  }
}

function DiscordError({ discord }: { discord: Discord }) {
  if (!discord.last_error) return null;
  if (discord.phase === "stopped") return <p class="notice bad" role="alert">Discord has stopped: {discord.last_error}. Then start the gateway again.</p>;
  return <p class="muted">Discord said {discord.last_error_at ? ago(discord.last_error_at) : "before"}: {discord.last_error}</p>;
}

function Usage({ usage, hours }: { usage: Answer<"/api/admin/usage", "get">; hours: number }) {
  const step = usage.bucket_seconds * 1000;
  const known = new Map(usage.buckets.map((bucket) => [Math.floor(new Date(bucket.start).getTime() / step), bucket]));
  const first = Math.floor(new Date(usage.since).getTime() / step);
  const rows = Array.from({ length: Math.min(Math.ceil((hours * 3_600_000) / step) + 1, 200) }, (_, index) => {
    const at = new Date((first + index) * step);
    const label = at.toLocaleString(undefined, hours <= 48 ? { weekday: "short", hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric" });
    return { label, of: known.get(first + index) };
  });
  const sum = usage.buckets.reduce((all, one) => ({ runs: all.runs + one.runs, failed: all.failed + one.failed, tokens: all.tokens + one.input_tokens + one.output_tokens, cost: all.cost + one.cost_usd, unpriced: all.unpriced + one.unpriced }), { runs: 0, failed: 0, tokens: 0, cost: 0, unpriced: 0 });
  if (sum.runs === 0) return <section class="card"><Empty title="No runs in this time" /></section>;
  return (
    <section class="card charts" aria-label="Usage">
      <Bars title={`Runs: ${number(sum.runs)}, ${number(sum.failed)} failed`} unit={number} bars={rows.map(({ label, of }) => ({ label, words: `${label}: ${of?.runs ?? 0} runs, ${of?.failed ?? 0} failed`, parts: [{ value: (of?.runs ?? 0) - (of?.failed ?? 0), tone: "accent" }, { value: of?.failed ?? 0, tone: "bad" }] }))} />
      <Bars title={`Tokens: ${brief(sum.tokens)}`} unit={brief} bars={rows.map(({ label, of }) => ({ label, words: `${label}: ${brief(of?.input_tokens ?? 0)} read, ${brief(of?.output_tokens ?? 0)} written`, parts: [{ value: of?.input_tokens ?? 0, tone: "soft" }, { value: of?.output_tokens ?? 0, tone: "accent" }] }))} />
      <Bars title={`Spend: ${money(sum.cost)}${sum.unpriced > 0 ? `, ${number(sum.unpriced)} run${sum.unpriced === 1 ? "" : "s"} of unknown cost` : ""}`} unit={money} bars={rows.map(({ label, of }) => ({ label, words: `${label}: ${money(of?.cost_usd ?? 0)}`, parts: [{ value: of?.cost_usd ?? 0, tone: "accent" }] }))} />
    </section>
  );
}

function Tools({ tools }: { tools: Answer<"/api/admin/usage", "get">["tools"] }) {
  if (tools.length === 0) return <p class="muted">No tool was used yet.</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Tools, last 1,000 runs">
      <table>
        <thead><tr><th scope="col">Tool</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Average</th><th scope="col" class="number">95 of 100 within</th></tr></thead>
        <tbody>
          {tools.map((tool) => (
            <tr key={tool.tool}><td class="mono">{tool.tool}</td><td class="number">{number(tool.calls)}</td><td class={`number ${tool.errors ? "field-problem" : ""}`}>{number(tool.errors)}</td><td class="number">{duration(tool.average_ms)}</td><td class="number">{duration(tool.p95_ms)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Health({ doctor }: { doctor: Answer<"/api/admin/doctor", "get"> }) {
  const [all, setAll] = useState(false);
  const bad = doctor.findings.filter((finding) => finding.health !== "ok");
  const shown = all ? doctor.findings : bad;
  return (
    <div class="stack tight">
      {shown.length === 0 && <p class="muted">{doctor.findings.length === 0 ? "No finding." : `All ${doctor.findings.length} checks are well.`}</p>}
      <ul class="findings">
        {shown.map((finding, index) => (
          <li key={index}><p><Badge word={finding.health} /> <strong>{finding.check}</strong></p><p>{finding.what}</p>{finding.next && <p class="muted">{finding.next}</p>}</li>
        ))}
      </ul>
      {doctor.findings.length > bad.length && <div><button type="button" class="small" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Show only what needs attention" : `Show all ${doctor.findings.length} checks`}</button></div>}
    </div>
  );
}
