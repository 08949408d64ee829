import { signal, type Signal } from "@preact/signals";
import { ApiError, api, said } from "../../api/client";
import { follow } from "../../api/events";
import { reached } from "../../api/reach";
import { duration } from "../../parts/format";

/** One event of a run's journal. Its own fields differ by its name. */
export type JournalEvent = { event: string; seq: number; ts: string } & Record<string, unknown>;
export type TraceState = { events: JournalEvent[]; total: number; busy: boolean; problem?: string };

const page = 2000;

/** Reads a run's journal whole, and goes on while the run does. The journal is what is shown; the stream only says when to look again. */
export function readTrace(id: string, over: AbortSignal): Signal<TraceState> {
  const state = signal<TraceState>({ events: [], total: 0, busy: true });
  let last = 0;
  let reading: Promise<void> | null = null;
  let again = false;
  const read = async () => {
    do {
      again = false;
      while (!over.aborted) {
        const { trace } = await api.get("/api/admin/debug/runs/{id}/trace", { path: { id }, query: { after: last, limit: page }, signal: over });
        const fresh = trace.events as JournalEvent[];
        last = fresh.at(-1)?.seq ?? last;
        state.value = { events: fresh.length ? state.value.events.concat(fresh) : state.value.events, total: trace.total, busy: trace.next != null };
        if (trace.next == null) break;
      }
    } while (again && !over.aborted);
  };
  const look = () => {
    if (reading) {
      again = true;
      return reading;
    }
    reading = read().catch((problem: unknown) => {
      if (!over.aborted) state.value = { ...state.value, busy: false, problem: said(problem) };
    }).finally(() => (reading = null));
    return reading;
  };
  let following = false;
  const follows = () => void look().then(() => {
    if (following || over.aborted || state.value.problem || state.value.events.at(-1)?.event === "run.ended") return;
    following = true;
    let timer = 0;
    follow(id, over, () => {
      timer ||= window.setTimeout(() => { timer = 0; void look(); }, 250);
    }).then(() => look(), (problem: unknown) => {
      following = false;
      if (problem instanceof ApiError && problem.status !== 401) state.value = { ...state.value, problem: problem.message };
    });
  });
  follows();
  // What could not be read is read once the gateway answers.
  const stop = reached.subscribe((is) => {
    if (is && state.value.problem) follows();
  });
  over.addEventListener("abort", stop);
  return state;
}

export type Kind = "run" | "model" | "text" | "tool" | "policy" | "recovery" | "context";
export type Told = { kind: Kind; title: string; detail: string; tone: "" | "good" | "bad" | "warn"; ms?: number };

const text = (value: unknown): string => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));
const line = (value: unknown, most = 240): string => {
  const whole = text(value).replace(/\s+/g, " ").trim();
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
};

/** What an event says, on one line. An event nobody knows here is shown by its own name. */
export function tell(event: JournalEvent): Told {
  const of = (kind: Kind, title: string, detail = "", tone: Told["tone"] = "", ms?: unknown): Told => ({ kind, title, detail, tone, ...(typeof ms === "number" ? { ms } : {}) });
  const record = (name: string) => (event[name] ?? {}) as Record<string, unknown>;
  switch (event.event) {
    case "run.created": return of("run", "Asked", line(event["message"]));
    case "run.requeued": return of("run", "Queued again", "its process had died", "warn");
    case "run.started": return of("run", "Started", `${text(event["provider"])} / ${text(event["model"])}, up to ${text(event["max_iterations"])} turns`);
    case "prompt.assembled": return of("context", "System prompt", line(event["text"]));
    case "tools.offered": return of("context", "Tools offered", (event["tools"] as { name: string }[] | undefined)?.map((tool) => tool.name).join(", ") ?? "");
    case "history.replayed": return of("context", "Conversation", `${(event["messages"] as unknown[] | undefined)?.length ?? 0} earlier messages`);
    case "context.compacted": return of("context", "Context compacted", `${text(event["tokens_before"])} → ${text(event["tokens_after"])} tokens`);
    case "model.requested": return of("model", `Turn ${text(event["turn"])}: asked`, `${text(record("options")["provider"])} / ${text(record("options")["model"])}${Number(event["attempt"]) > 1 ? `, attempt ${text(event["attempt"])}` : ""}${event["purpose"] ? `, ${text(event["purpose"])}` : ""}`);
    case "model.text": return of("text", `Turn ${text(event["turn"])}: text`, line(event["text"]));
    case "model.answered": {
      const calls = (event["calls"] as { name: string }[] | undefined) ?? [];
      const usage = record("usage");
      const tokens = [usage["input"], usage["output"]].every((value) => typeof value === "number") ? `${text(usage["input"])} in, ${text(usage["output"])} out` : "";
      return of("model", `Turn ${text(event["turn"])}: answered`, [calls.length ? `calls ${calls.map((call) => call.name).join(", ")}` : text(event["finish_reason"]), tokens].filter(Boolean).join(" · "), "", event["duration_ms"]);
    }
    case "model.failed": return of("model", `Turn ${text(event["turn"])}: failed`, `${text(event["code"])}: ${line(event["message"])}${event["next"] ? ` → ${text(event["next"])}` : ""}`, "bad", event["duration_ms"]);
    case "guidance.given": return of("recovery", "Guidance", `${text(event["kind"])}: ${line(event["text"])}`, "warn");
    case "tool.call": return of("tool", text(event["tool"]), line(event["input"]) || "asked by the model");
    case "policy.verdict": {
      const verdict = text(event["verdict"]);
      return of("policy", verdict === "allow" ? `Allowed ${text(event["tool"])}` : verdict === "deny" ? `Denied ${text(event["tool"])}` : `${text(event["tool"])}: ${verdict}`, line(event["reason"]), verdict === "allow" ? "" : "bad");
    }
    case "tool.result": {
      const error = event["error"] as { code?: string; message?: string } | undefined;
      return of("tool", `${text(event["tool"])} ${error ? "failed" : "done"}`, error ? `${error.code}: ${line(error.message)}` : line(event["summary"] ?? event["output"]), error ? "bad" : "good", event["duration_ms"]);
    }
    case "run.ended": return of("run", `Ended: ${text(event["state"]).replaceAll("_", " ")}`, [text(event["reason"]), line(event["error"])].filter(Boolean).join(" · "), event["state"] === "completed" ? "good" : "bad", event["duration_ms"]);
    default: return of("run", event.event, line(Object.fromEntries(Object.entries(event).filter(([name]) => !["event", "seq", "ts"].includes(name)))));
  }
}

export type Spent = { model: number; tools: number; whole: number; input: number; output: number; turns: { turn: number; model: number; tools: number; input: number; output: number }[] };

/** Where time and tokens went, by turn. */
export function spent(events: readonly JournalEvent[]): Spent {
  const sum: Spent = { model: 0, tools: 0, whole: 0, input: 0, output: 0, turns: [] };
  const turns = new Map<number, Spent["turns"][number]>();
  let now = 0;
  const at = (turn: number) => {
    let one = turns.get(turn);
    if (!one) turns.set(turn, (one = { turn, model: 0, tools: 0, input: 0, output: 0 }));
    return one;
  };
  for (const event of events) {
    if (typeof event["turn"] === "number") now = event["turn"];
    const ms = typeof event["duration_ms"] === "number" ? event["duration_ms"] : 0;
    if (event.event === "model.answered" || event.event === "model.failed") {
      const usage = (event["usage"] ?? {}) as { input?: number; output?: number };
      const turn = at(now);
      turn.model += ms;
      sum.model += ms;
      turn.input += usage.input ?? 0;
      turn.output += usage.output ?? 0;
      sum.input += usage.input ?? 0;
      sum.output += usage.output ?? 0;
    } else if (event.event === "tool.result") {
      at(now).tools += ms;
      sum.tools += ms;
    } else if (event.event === "run.ended") sum.whole = ms;
  }
  sum.turns = [...turns.values()].sort((a, b) => a.turn - b.turn);
  return sum;
}

export const since = (first: string | undefined, ts: string): string => (first ? `+${duration(Math.max(0, new Date(ts).getTime() - new Date(first).getTime()))}` : "");
