import { useEffect, useState } from "preact/hooks";
import { api, said, type Answer } from "../api/client";
import { confirm, Dialog, tell } from "../parts/dialog";
import { ago, fullTime } from "../parts/format";
import { Badge, Empty, Loaded, PageHead } from "../parts/states";
import { invalidate, useQuery } from "../state/query";
import { link } from "../state/router";

export type Job = Answer<"/api/admin/scheduler/jobs", "get">["jobs"][number];

const hereZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function SchedulerPage() {
  const jobs = useQuery("jobs", () => api.get("/api/admin/scheduler/jobs"), 5000);
  const [editing, setEditing] = useState<Job | "new" | null>(null);
  const control = async (pause: boolean, job?: string) => {
    try {
      await api.post("/api/admin/scheduler/control", { body: { action: pause ? "pause" : "resume", ...(job ? { job_id: job } : {}) } });
      tell(job ? `${job} ${pause ? "is paused" : "goes on"}.` : pause ? "The scheduler is paused: nothing starts by itself." : "The scheduler goes on.");
      invalidate("jobs");
    } catch (problem) {
      tell(said(problem), "bad");
    }
  };
  const remove = async (job: Job) => {
    if (!(await confirm(`Delete ${job.id}?`, <p>The job is removed for good. Runs it made stay.</p>, "Delete job"))) return;
    try {
      await api.delete("/api/admin/scheduler/jobs/{id}", { path: { id: job.id } });
      tell(`${job.id} is deleted.`);
      invalidate("jobs");
    } catch (problem) {
      tell(said(problem), "bad");
    }
  };
  return (
    <>
      <PageHead title="Scheduler" note={`Times are in your time zone, ${hereZone}.`}>
        {jobs.data && <button type="button" onClick={() => void control(!jobs.data!.paused)}>{jobs.data.paused ? "Resume all" : "Pause all"}</button>}
        <button type="button" class="primary" onClick={() => setEditing("new")}>New job</button>
      </PageHead>
      {jobs.data?.paused && <p class="notice warn" role="status">The scheduler is paused: no job starts until it is resumed.</p>}
      <Loaded of={jobs} what="Jobs">
        {(data) => data.jobs.length === 0 ? <Empty title="No jobs yet"><p class="muted">A job gives an agent a task at set times.</p></Empty> : (
          <ul class="jobs">
            {data.jobs.map((job) => (
              <li key={job.id} class="card job">
                <div class="job-head">
                  <h2>{job.id}</h2>
                  <Badge word={job.enabled ? "on" : "paused"} />
                  <span class="row job-actions">
                    <button type="button" class="small" aria-label={`${job.enabled ? "Pause" : "Resume"} ${job.id}`} onClick={() => void control(job.enabled, job.id)}>{job.enabled ? "Pause" : "Resume"}</button>
                    <button type="button" class="small" aria-label={`Edit ${job.id}`} onClick={() => setEditing(job)}>Edit</button>
                    <button type="button" class="small danger" aria-label={`Delete ${job.id}`} onClick={() => void remove(job)}>Delete</button>
                  </span>
                </div>
                <p class="job-message">{job.message}</p>
                <dl class="facts">
                  <div><dt>When</dt><dd>{job.explained}<br /><code class="muted">{job.schedule}{job.time_zone ? ` ${job.time_zone}` : ""}</code></dd></div>
                  <div><dt>Next</dt><dd>{job.enabled && !data.paused && job.next_run ? <>{fullTime(job.next_run)}<br /><span class="muted">{ago(job.next_run)}</span></> : "–"}</dd></div>
                  <div><dt>Last</dt><dd>{job.last ? <><Badge word={job.last.state} /> {job.last.run_id ? <a href={link("runs", job.last.run_id)}>{fullTime(job.last.at)}</a> : fullTime(job.last.at)}{job.last.detail && <><br /><span class="muted">{job.last.detail}</span></>}</> : job.last_run ? fullTime(job.last_run) : "never"}</dd></div>
                  <div><dt>Agent</dt><dd><a href={link("agents", job.agent_id)}>{job.agent_id}</a></dd></div>
                  <div><dt>Made by</dt><dd>{job.maker.join(" → ")}</dd></div>
                  {job.when && <div><dt>Only if</dt><dd><code>{job.when.tool}</code></dd></div>}
                </dl>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {editing !== null && <Editor job={editing === "new" ? null : editing} close={() => setEditing(null)} />}
    </>
  );
}

function Editor({ job, close }: { job: Job | null; close: () => void }) {
  const agents = useQuery("agents:list", () => api.get("/api/admin/agents", { query: {} }));
  const [id, setId] = useState(job?.id ?? "");
  const [agent, setAgent] = useState(job?.agent_id ?? "default");
  const [schedule, setSchedule] = useState(job?.schedule ?? "0 9 * * 1-5");
  const [zone, setZone] = useState(job ? (job.time_zone ?? "") : hereZone);
  const [message, setMessage] = useState(job?.message ?? "");
  const [enabled, setEnabled] = useState(job?.enabled ?? true);
  const [overlap, setOverlap] = useState(job?.overlap ?? false);
  const [problem, setProblem] = useState("");
  const cron = /^\S+\s+\S+\s+\S+\s+\S+\s+\S+/.test(schedule.trim());
  const explained = useExplained(schedule, cron ? zone : "");
  const save = async (event: Event) => {
    event.preventDefault();
    setProblem("");
    try {
      const stored = await api.post("/api/admin/scheduler/jobs", {
        body: {
          schedule: schedule.trim(), message: message.trim(), agent_id: agent, enabled, overlap, replace: job !== null, ...(id.trim() ? { id: id.trim() } : {}), ...(cron && zone.trim() ? { time_zone: zone.trim() } : {}),
          // What this form does not show stays as it is.
          ...(job ? Object.fromEntries(Object.entries({ channel: job.channel, user_id: job.user_id, room_id: job.room_id, session_id: job.session_id, catch_up: job.catch_up, when: job.when }).filter(([, value]) => value !== undefined && value !== null)) : {}),
        } as never,
      });
      tell(`${stored.id} is saved.`);
      invalidate("jobs");
      close();
    } catch (wrong) {
      setProblem(said(wrong));
    }
  };
  return (
    <Dialog title={job ? `Edit ${job.id}` : "New job"} close={close}>
      <form class="stack" onSubmit={(event) => void save(event)}>
        {!job && <label class="field"><span>Name; left out, one is made</span><input value={id} spellcheck={false} maxLength={64} placeholder="morning-report" onInput={(event) => setId(event.currentTarget.value)} /></label>}
        <label class="field"><span>Agent</span><select value={agent} onChange={(event) => setAgent(event.currentTarget.value)}>{[...new Set([agent, ...(agents.data?.agents ?? [])])].map((name) => <option key={name} value={name}>{name}</option>)}</select></label>
        <div class="row">
          <label class="field grow"><span>When: a cron expression, @every 1h, or one instant</span><input class="mono" value={schedule} spellcheck={false} aria-invalid={explained?.valid === false} aria-describedby="schedule-words" onInput={(event) => setSchedule(event.currentTarget.value)} /></label>
          {cron && <label class="field"><span>Time zone</span><input value={zone} spellcheck={false} placeholder="UTC" onInput={(event) => setZone(event.currentTarget.value)} /></label>}
        </div>
        <div id="schedule-words" role="status" class="schedule-words">
          {explained === null ? <span class="muted">…</span> : explained.valid ? <><strong>{explained.explained}</strong>{explained.next && explained.next.length > 0 && <ol class="muted">{explained.next.map((at) => <li key={at}>{fullTime(at)}</li>)}</ol>}{explained.next?.length === 0 && <span class="muted">It is never due again.</span>}</> : <span class="field-problem">{explained.problem}</span>}
        </div>
        <label class="field"><span>Task for the agent</span><textarea rows={4} value={message} onInput={(event) => setMessage(event.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} /><span>On</span></label>
        <label class="check"><input type="checkbox" checked={overlap} onChange={(event) => setOverlap(event.currentTarget.checked)} /><span>May begin while the one before still runs</span></label>
        {problem && <p class="field-problem" role="alert">{problem}</p>}
        <div class="row end"><button type="button" onClick={close}>Cancel</button><button type="submit" class="primary" disabled={schedule.trim() === "" || message.trim() === "" || explained?.valid === false}>{job ? "Save job" : "Add job"}</button></div>
      </form>
    </Dialog>
  );
}

type Explained = Answer<"/api/admin/scheduler/explain", "get">;

/** The gateway's own words for what is typed, so that what is shown is what will be done. */
function useExplained(schedule: string, zone: string): Explained | null {
  const [explained, setExplained] = useState<Explained | null>(null);
  useEffect(() => {
    if (schedule.trim() === "") return setExplained({ valid: false, problem: "say when" });
    const over = new AbortController();
    const timer = setTimeout(() => {
      api.get("/api/admin/scheduler/explain", { query: { schedule: schedule.trim(), time_zone: zone.trim() }, signal: over.signal }).then(setExplained, (problem: unknown) => {
        if (!over.signal.aborted) setExplained({ valid: false, problem: said(problem) });
      });
    }, 150);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [schedule, zone]);
  return explained;
}
