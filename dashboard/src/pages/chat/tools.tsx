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
          {card.input === undefined && card.output === undefined && run ? <FromJournal run={run} call={card.id} done={card.state !== "running"} /> : (
            <>
              {card.input !== undefined && <Code text={pretty(card.input)} language="json" label="Arguments" />}
              {card.output !== undefined && <Code text={pretty(card.output)} language="json" label="Result" />}
            </>
          )}
        </div>
      )}
    </details>
  );
}

/** The stream says that a tool was called; what it was asked and what it answered stands in the journal. */
function FromJournal({ run, call, done }: { run: string; call: string; done: boolean }) {
  const found = useQuery(`call:${run}:${call}:${done}`, () => readCall(run, call));
  if (found.data === undefined) return <p class="muted" role="status">{found.error ? "The journal could not be read." : "Reading the journal…"}</p>;
  const { input, output } = found.data;
  return (
    <>
      {input !== undefined && <Code text={pretty(input)} language="json" label="Arguments" />}
      {output !== undefined && <Code text={pretty(output)} language="json" label="Result" />}
    </>
  );
}

async function readCall(run: string, call: string): Promise<{ input?: string; output?: string }> {
  const found: { input?: string; output?: string } = {};
  let after = 0;
  while (true) {
    const { trace } = await api.get("/api/admin/debug/runs/{id}/trace", { path: { id: run }, query: { after, limit: 2000 } });
    for (const raw of trace.events) {
      const event = raw as Record<string, unknown>;
      if (event["event"] === "model.answered")
        for (const asked of (event["calls"] as { id?: string; call_id?: string; arguments?: string; input?: string }[] | undefined) ?? []) {
          const input = asked.arguments ?? asked.input;
          if ((asked.id ?? asked.call_id) === call && input !== undefined) found.input = input;
        }
      if (event["call_id"] !== call) continue;
      if (event["event"] === "tool.call" && typeof event["input"] === "string") found.input = event["input"];
      if (event["event"] === "tool.result" && typeof event["output"] === "string") found.output = event["output"];
    }
    if (!trace.next) return found;
    after = trace.next;
  }
}
