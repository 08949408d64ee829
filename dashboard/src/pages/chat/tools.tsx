import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { Code } from "../../parts/code";
import { duration, pretty } from "../../parts/format";
import { Badge } from "../../parts/states";
import { useQuery } from "../../state/query";
import type { ToolCard } from "./live";

/** So many cards show; more are folded. */
const shown = 3;

/** Tool calls that follow one another. */
export function Tools({ cards, run }: { cards: ToolCard[]; run: string | undefined }) {
  const [open, setOpen] = useState(false);
  if (cards.length === 0) return null;
  const hidden = open ? 0 : Math.max(0, cards.length - shown);
  const failed = cards.slice(0, hidden).filter((card) => card.state === "failed").length;
  return (
    <div class="tools">
      {(hidden > 0 || (open && cards.length > shown)) && (
        <button type="button" class="small quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Fold tool calls" : `${hidden} earlier tool call${hidden === 1 ? "" : "s"}${failed ? `, ${failed} failed` : ""}`}
        </button>
      )}
      {cards.slice(hidden).map((card) => <Card key={card.id} card={card} run={run} />)}
    </div>
  );
}

function Card({ card, run }: { card: ToolCard; run: string | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <details class={`tool ${card.state}`} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="tool-name">{card.tool}</span>
        <span class="tool-said">{card.error ?? card.summary ?? (card.state === "running" ? "running…" : "")}</span>
        {card.ms !== undefined && <span class="muted nowrap">{duration(card.ms)}</span>}
        <Badge word={card.state === "done" ? "ok" : card.state} />
      </summary>
      {open && (
        <div class="tool-body">
          {card.error && <p class="field-problem">{card.code && <code>{card.code}</code>} {card.error}</p>}
          {run ? <FromJournal run={run} card={card} /> : <Parts card={card} />}
        </div>
      )}
    </details>
  );
}

function Parts({ card }: { card: ToolCard }) {
  return (
    <>
      {card.input !== undefined && <Code text={pretty(card.input)} language="json" label="Arguments" />}
      {card.output !== undefined && <Code text={pretty(card.output)} language="json" label="Result" />}
    </>
  );
}

/** The stream says that a tool was called, a conversation keeps the gist; all of it stands in the journal. */
function FromJournal({ run, card }: { run: string; card: ToolCard }) {
  const found = useQuery(`call:${run}:${card.id}:${card.state}`, () => readCall(run, card.id));
  if (found.data === undefined && found.error === undefined) return <p class="muted" role="status">Reading the journal…</p>;
  return (
    <>
      {found.error && <p class="muted">The run’s journal could not be read; this is what the conversation kept.</p>}
      {found.data?.ms !== undefined && card.ms === undefined && <p class="muted">took {duration(found.data.ms)}</p>}
      <Parts card={{ ...card, ...found.data }} />
    </>
  );
}

async function readCall(run: string, call: string): Promise<{ input?: string; output?: string; ms?: number }> {
  const found: { input?: string; output?: string; ms?: number } = {};
  let after = 0;
  while (true) {
    const { trace } = await api.get("/api/admin/debug/runs/{id}/trace", { path: { id: run }, query: { after, limit: 2000 } });
    for (const raw of trace.events) {
      const event = raw as Record<string, unknown>;
      if (event["event"] === "model.answered")
        for (const asked of (event["calls"] as { id: string; arguments?: string }[] | undefined) ?? [])
          if (asked.id === call && asked.arguments !== undefined) found.input = asked.arguments;
      if (event["call_id"] !== call) continue;
      if (event["event"] === "tool.call" && typeof event["input"] === "string") found.input = event["input"];
      if (event["event"] !== "tool.result") continue;
      if (typeof event["output"] === "string") found.output = event["output"];
      if (typeof event["duration_ms"] === "number") found.ms = event["duration_ms"];
    }
    if (!trace.next) return found;
    after = trace.next;
  }
}
