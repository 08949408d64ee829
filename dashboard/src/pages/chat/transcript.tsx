import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { memo } from "./memo";
import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../../api/client";
import { download } from "../../api/client";
import { Copy } from "../../parts/copy";
import { tell } from "../../parts/dialog";
import { ago, duration, fullTime } from "../../parts/format";
import { Markdown } from "../../parts/markdown";
import { Badge } from "../../parts/states";
import { link } from "../../state/router";
import { cancel, type Item, type LiveRun, type ToolCard } from "./live";
import { Tools } from "./tools";

export type Message = Answer<"/api/admin/chat/sessions/{id}/messages", "get">["messages"][number];
export type RunRow = Answer<"/v1/runs", "get">["runs"][number];

/** What was said, each run's part together. */
export const History = memo(function History({ messages, runs, skip, retry }: { messages: readonly Message[]; runs: ReadonlyMap<string, RunRow>; skip: string | undefined; retry: (text: string) => void }) {
  const parts: ComponentChildren[] = [];
  let cards: ToolCard[] = [];
  let run: string | undefined;
  const flush = (key: string) => {
    if (cards.length > 0) parts.push(<Tools key={`tools-${key}`} cards={cards} run={run} />);
    cards = [];
  };
  let asked = "";
  messages.forEach((message, index) => {
    const key = String(index);
    if (message.role === "tool") {
      if (message.run_id === skip && skip !== undefined) return;
      run = message.run_id ?? undefined;
      cards.push(cardOf(message, index));
      return;
    }
    flush(key);
    if (message.role === "user") {
      asked = message.content;
      parts.push(<Mine key={key} text={message.content} ts={message.ts} />);
      const record = message.run_id ? runs.get(message.run_id) : undefined;
      const answered = messages.slice(index + 1).some((later) => later.role === "assistant" && later.run_id === message.run_id);
      if (record && message.run_id !== skip && !answered && !["queued", "running", "completed"].includes(record.status))
        parts.push(<Ended key={`end-${key}`} run={record.id} status={record.status} reason={record.reason ?? undefined} error={record.error ?? undefined} ms={record.duration_ms} retry={() => retry(message.content)} />);
      return;
    }
    if (message.run_id === skip && skip !== undefined) return;
    const question = asked;
    // A run that ended badly says so in the conversation too; the record says how.
    const record = message.run_id ? runs.get(message.run_id) : undefined;
    const bad = record !== undefined && !["queued", "running", "completed"].includes(record.status);
    parts.push(
      <article key={key} class={bad ? "said ended" : "said"} aria-label="Answer">
        {bad && <EndWords status={record.status} reason={record.reason ?? undefined} ms={record.duration_ms} />}
        {message.role !== "assistant" && <p class="muted">{message.role}</p>}
        <Markdown text={message.content} />
        <Actions text={message.content} run={message.run_id ?? undefined} ts={message.ts} retry={question ? () => retry(question) : undefined} />
      </article>,
    );
  });
  flush("last");
  return <>{parts}</>;
});

export function Mine({ text, ts }: { text: string; ts?: string | undefined }) {
  return (
    <article class="mine" aria-label="You wrote" title={ts ? fullTime(ts) : undefined}>
      <p>{text}</p>
    </article>
  );
}

function Actions({ text, run, ts, retry }: { text: string; run: string | undefined; ts?: string; retry: (() => void) | undefined }) {
  return (
    <div class="actions">
      {text !== "" && <Copy text={text} what="the answer" />}
      {retry && <button type="button" class="small quiet" onClick={retry}>Retry</button>}
      {run && <a class="button small quiet" href={link("runs", run)}>Run</a>}
      {run && <button type="button" class="small quiet" onClick={() => void bundle(run)}>Debug bundle</button>}
      {ts && <span class="muted small-text" title={fullTime(ts)}>{ago(ts)}</span>}
    </div>
  );
}

export async function bundle(run: string): Promise<void> {
  try {
    await download(`/api/admin/runs/${encodeURIComponent(run)}/bundle`, `${run}.zip`);
  } catch (problem) {
    tell(`The bundle could not be fetched: ${(problem as Error).message}`, "bad");
  }
}

function Ended({ run, status, reason, error, ms, retry }: { run: string; status: string; reason?: string | undefined; error?: string | undefined; ms: number; retry: () => void }) {
  return (
    <div class="ended" role="status">
      <EndWords status={status} reason={reason} ms={ms} />
      {error && <p class="ended-error">{error}</p>}
      <Actions text={error ?? ""} run={run} retry={retry} />
    </div>
  );
}

function EndWords({ status, reason, ms }: { status: string; reason: string | undefined; ms: number }) {
  return <p><Badge word={status} /> {reason && <code>{reason}</code>} <span class="muted">after {duration(ms)}</span></p>;
}

/** The run that goes on: its text as it arrives, its tools, and how long it has taken. */
export function Live({ run, asked, retry }: { run: Signal<LiveRun>; asked: string; retry: (text: string) => void }) {
  const state = run.value;
  const text = state.items.filter((item) => item.kind === "text").map((item) => item.text).join("\n\n");
  return (
    <article class="said live" aria-label="Answer" aria-busy={!state.end}>
      {groups(state.items).map((group, index) =>
        Array.isArray(group) ? <Tools key={index} cards={group} run={state.id} /> : (
          <div key={index}>
            {group.thinking && <details class="thinking"><summary>Thinking</summary><pre>{group.thinking}</pre></details>}
            {group.text && <Markdown text={group.text} />}
          </div>
        ))}
      {state.note && <p class="field-problem" role="alert">{state.note}</p>}
      {state.end ? (
        state.end.status === "completed" ? <Actions text={text} run={state.id} retry={() => retry(asked)} /> : <Ended run={state.id} {...state.end} retry={() => retry(asked)} />
      ) : <Progress run={run} />}
    </article>
  );
}

function Progress({ run }: { run: Signal<LiveRun> }) {
  const state = run.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const word = state.cancelling ? "cancelling" : state.link === "reconnecting" ? "reconnecting" : state.status;
  return (
    <div class="progress">
      <span class="pulse" aria-hidden="true" />
      <span role="status">{word}</span>
      <span class="muted" data-testid="elapsed">{duration(Math.max(0, now - state.began))}</span>
      {state.tools > 0 && <span class="muted">{state.tools} tool call{state.tools === 1 ? "" : "s"}</span>}
      {state.latest && <span class="muted progress-latest" title={state.latest}>{state.latest}</span>}
      <button type="button" class="small danger" disabled={state.cancelling} onClick={() => void cancel(run)}>{state.cancelling ? "Cancelling…" : "Stop"}</button>
    </div>
  );
}

/** Calls that follow one another stand together. */
function groups(items: readonly Item[]): (ToolCard[] | Extract<Item, { kind: "text" }>)[] {
  const all: (ToolCard[] | Extract<Item, { kind: "text" }>)[] = [];
  for (const item of items) {
    const last = all.at(-1);
    if (item.kind === "text") all.push(item);
    else if (Array.isArray(last)) last.push(item.card);
    else all.push([item.card]);
  }
  return all;
}

// What a conversation keeps of a call is JSON; a line of another program may hold something else.
function cardOf(message: Message, index: number): ToolCard {
  let kept: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(message.content);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) kept = value as Record<string, unknown>;
    else kept = { output: message.content };
  } catch {
    kept = { output: message.content };
  }
  const text = (name: string): string | undefined => {
    const value = kept[name];
    return typeof value === "string" && value !== "" ? value : value !== undefined && value !== null && typeof value === "object" ? JSON.stringify(value) : undefined;
  };
  const error = text("error_message") ?? text("error");
  const card: ToolCard = { id: message.tool_call_id ?? text("id") ?? String(index), tool: message.tool_name ?? text("tool") ?? "tool", state: error || text("error_code") ? "failed" : "done" };
  const all = { input: text("arguments"), output: text("output"), summary: text("summary"), error, code: text("error_code") };
  return { ...card, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}
