import { signal, type Signal } from "@preact/signals";
import { ApiError, api, said } from "../../api/client";
import { follow, type Link, type RunEvent } from "../../api/events";
import { invalidate } from "../../state/query";

export type ToolCard = { id: string; tool: string; state: "running" | "done" | "failed"; input?: string; output?: string; summary?: string; error?: string; code?: string; ms?: number };
export type Item = { kind: "text"; turn: number; text: string; thinking?: string } | { kind: "tool"; card: ToolCard };

/** A run while it goes on, folded from its events; the same events give the same picture after a reload. */
export type LiveRun = {
  id: string; status: string; items: Item[]; tools: number; latest: string; began: number; link: Link; cancelling: boolean;
  note?: string; end?: { status: string; reason?: string; error?: string; ms: number };
};

const runs = new Map<string, { state: Signal<LiveRun>; stop: AbortController }>();

/** Follows a run once, however often it is asked for. */
export function liveRun(id: string, began: string): Signal<LiveRun> {
  const known = runs.get(id);
  if (known) return known.state;
  const state = signal<LiveRun>({ id, status: "queued", items: [], tools: 0, latest: "", began: new Date(began).getTime() || Date.now(), link: "live", cancelling: false });
  const stop = new AbortController();
  runs.set(id, { state, stop });
  let waiting: RunEvent[] = [];
  let frame = 0;
  // However fast events come, the page is drawn once a frame.
  const draw = () => {
    frame = 0;
    const events = waiting;
    waiting = [];
    state.value = events.reduce(fold, state.value);
    if (state.value.end) invalidate("messages:", "sessions:", "runs", "chat-runs:", "status");
  };
  follow(id, stop.signal, (event) => {
    waiting.push(event);
    frame ||= document.visibilityState === "visible" ? requestAnimationFrame(draw) : window.setTimeout(draw, 250);
  }, (link) => (state.value = { ...state.value, link })).catch((problem: unknown) => {
    if (problem instanceof ApiError && problem.status === 401) runs.delete(id);
    else state.value = { ...state.value, note: said(problem) };
  });
  return state;
}

export function forgetLive(id?: string): void {
  for (const [name, run] of runs)
    if (id === undefined || id === name) {
      run.stop.abort();
      runs.delete(name);
    }
}

/** Really cancels: the gateway ends the run, wherever it goes on. The end then comes as an event. */
export async function cancel(run: Signal<LiveRun>): Promise<void> {
  run.value = { ...run.value, cancelling: true };
  try {
    await api.post("/v1/runs/{id}/cancel", { path: { id: run.value.id } });
  } catch (problem) {
    run.value = { ...run.value, cancelling: false, note: said(problem) };
  }
}

export function fold(run: LiveRun, event: RunEvent): LiveRun {
  const data = event.data as Record<string, string & number & boolean>;
  switch (event.type) {
    case "status":
      return { ...run, status: data["status"]!, began: data["status"] === "running" ? new Date(event.ts).getTime() : run.began };
    case "model_text": {
      const turn = data["turn"]!;
      const before = run.items.findLastIndex((item) => item.kind === "text" && item.turn === turn);
      const old = run.items[before];
      const text = data["partial"] ? (old?.kind === "text" ? old.text : "") + data["text"] : data["text"]!;
      const item: Item = { kind: "text", turn, text, ...(data["thinking"] ? { thinking: data["thinking"] } : {}) };
      return { ...run, status: "running", items: before < 0 ? [...run.items, item] : run.items.with(before, item) };
    }
    case "model_failed":
      // Its text does not count; what the model says next takes its place.
      return { ...run, latest: `${data["error_code"]}: ${data["error"]}`, items: run.items.filter((item) => item.kind !== "text" || item.turn !== data["turn"]) };
    case "tool_start":
      return { ...run, tools: run.tools + 1, latest: data["tool"]!, items: [...run.items, { kind: "tool", card: { id: data["tool_call_id"]!, tool: data["tool"]!, state: "running" } }] };
    case "tool_end": {
      const at = run.items.findLastIndex((item) => item.kind === "tool" && item.card.id === data["tool_call_id"]);
      const card: ToolCard = {
        id: data["tool_call_id"]!, tool: data["tool"]!, state: data["error"] || data["error_code"] ? "failed" : "done", ms: data["duration_ms"]!,
        ...(data["summary"] ? { summary: data["summary"] } : {}), ...(data["error"] ? { error: data["error"] } : {}), ...(data["error_code"] ? { code: data["error_code"] } : {}),
      };
      const latest = `${card.tool}: ${card.error ?? card.summary ?? "done"}`;
      return { ...run, latest, items: at < 0 ? [...run.items, { kind: "tool", card }] : run.items.with(at, { kind: "tool", card }) };
    }
    case "completed":
    case "failed": {
      const thought = data["thinking"] ? [{ kind: "text" as const, turn: -1, text: "", thinking: data["thinking"] }] : [];
      const answered = run.items.some((item) => item.kind === "text" && item.text !== "") || !data["output"];
      return {
        ...run, status: data["status"]!, items: [...run.items, ...(answered ? [] : [{ kind: "text" as const, turn: 1e9, text: data["output"]! }]), ...thought],
        end: { status: data["status"]!, ms: data["duration_ms"]!, ...(data["reason"] ? { reason: data["reason"] } : {}), ...(data["error"] ? { error: data["error"] } : {}) },
      };
    }
    default:
      return run;
  }
}
