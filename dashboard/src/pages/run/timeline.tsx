import { useMemo, useState } from "preact/hooks";
import { Code } from "../../parts/code";
import { duration, fullTime, number, pretty } from "../../parts/format";
import { Empty, Problem, Waiting } from "../../parts/states";
import { VirtualList } from "../../parts/virtual";
import { since, tell, type JournalEvent, type Kind, type TraceState } from "./trace";

const filters: { name: string; label: string; has: (kind: Kind, tone: string) => boolean }[] = [
  { name: "all", label: "Everything", has: (kind) => kind !== "text" },
  { name: "model", label: "Model", has: (kind) => kind === "model" },
  { name: "tool", label: "Tools", has: (kind) => kind === "tool" },
  { name: "denied", label: "Denials", has: (kind, tone) => kind === "policy" && tone === "bad" },
  { name: "bad", label: "Problems and recovery", has: (kind, tone) => tone === "bad" || tone === "warn" || kind === "recovery" },
  { name: "raw", label: "Every event, streamed text too", has: () => true },
];

/** A run's journal as it was written, event by event. */
export function Timeline({ state }: { state: TraceState }) {
  const [filter, setFilter] = useState("all");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<number | null>(null);
  const has = filters.find((one) => one.name === filter)!.has;
  const rows = useMemo(() => state.events.map((event) => ({ event, told: tell(event) })), [state.events]);
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return rows.filter(({ event, told }) => has(told.kind, told.tone) && (wanted === "" || `${event.event} ${told.title} ${told.detail}`.toLowerCase().includes(wanted)));
  }, [rows, filter, search]);
  const index = chosen === null ? -1 : shown.findIndex(({ event }) => event.seq === chosen);
  const first = state.events[0]?.ts;
  return (
    <section class="card timeline" aria-label="Timeline">
      <div class="page-head flat">
        <h2>Timeline <span class="muted count">{number(shown.length)}{shown.length === state.events.length ? "" : ` of ${number(state.total)}`} events</span></h2>
        <div class="row">
          <label class="visually-hidden" for="timeline-search">Search events</label>
          <input id="timeline-search" type="search" placeholder="Search events" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
          <label class="inline"><span>Show</span>
            <select value={filter} onChange={(event) => setFilter(event.currentTarget.value)}>{filters.map((one) => <option key={one.name} value={one.name}>{one.label}</option>)}</select>
          </label>
        </div>
      </div>
      {state.problem && <Problem message={`The journal could not be read: ${state.problem}`} />}
      {state.events.length === 0 && state.busy ? <Waiting what="The journal" /> : shown.length === 0 ? <Empty title="No event matches" /> : (
        <div class="timeline-panes">
          <VirtualList items={shown} rowRem={2.5} label="Events" chosen={index} choose={(at) => setChosen(shown[at]!.event.seq)} follow
            row={({ event, told }) => (
              <div class={`event ${told.tone}`}>
                <span class="event-time muted">{since(first, event.ts)}</span>
                <span class={`event-kind ${told.kind}`}>{told.kind}</span>
                <span class="event-title">{told.title}</span>
                <span class="event-detail muted">{told.detail}</span>
                <span class="event-ms muted">{told.ms === undefined ? "" : duration(told.ms)}</span>
              </div>
            )} />
          <div class="event-pane" aria-live="polite">
            {index >= 0 ? <Detail key={chosen} event={shown[index]!.event} events={state.events} /> : <p class="muted">Choose an event to see all of it.</p>}
          </div>
        </div>
      )}
    </section>
  );
}

function Detail({ event, events }: { event: JournalEvent; events: readonly JournalEvent[] }) {
  const told = tell(event);
  const found = (seq: unknown) => events.find((one) => one.seq === seq);
  const texts: { label: string; text: string; language: string }[] = [];
  const show = (label: string, value: unknown, language = "") => {
    if (typeof value === "string" ? value !== "" : value !== undefined && value !== null) texts.push({ label, text: pretty(value), language });
  };
  switch (event.event) {
    case "model.answered":
      show("Text", ((event["text_from"] as number[] | undefined) ?? []).map((seq) => String(found(seq)?.["text"] ?? "")).join(""), "markdown");
      show("Thinking", event["thinking"]);
      for (const call of (event["calls"] as Record<string, unknown>[] | undefined) ?? []) show(`Calls ${String(call["name"] ?? "")}`, call["arguments"] ?? call, "json");
      show("Usage", event["usage"], "json");
      break;
    case "tool.call": {
      const source = found(event["input_from"]);
      const call = ((source?.["calls"] as Record<string, unknown>[] | undefined) ?? []).find((one) => one["id"] === event["call_id"]);
      show("Input", event["input"] ?? call?.["arguments"], "json");
      break;
    }
    case "tool.result":
      show("Output", event["output"] ?? found(event["output_from"])?.["output"], "json");
      show("Error", event["error"], "json");
      break;
    case "policy.verdict":
      show("Reason", event["reason"]);
      show("Rule and where it is written", `${String(event["rule"] ?? "")}\n${String(event["written_at"] ?? "")}`);
      break;
    default:
      show("Text", event["text"] ?? event["message"], event.event === "prompt.assembled" ? "markdown" : "");
  }
  return (
    <>
      <h3>{told.title}</h3>
      <p class="muted small-text">event {event.seq} · <code>{event.event}</code> · {fullTime(event.ts)}</p>
      {texts.map((one) => <Code key={one.label} text={one.text} language={one.language} label={one.label} />)}
      <details class="all-fields"><summary>Every field</summary><Code text={pretty(event)} language="json" label="Event" /></details>
    </>
  );
}
