import { ApiError, send } from "./client";
import { rest as pause } from "./reach";

/** One event of a run, as the gateway streams it. */
export type RunEvent = { id: number; type: string; run_id: string; ts: string; data: Record<string, unknown> };

/** The gateway says every 15 seconds that it is there; a line that was quiet for so long, in milliseconds, is dead, whatever the browser thinks of it. */
const silence = 40_000;

export type Link = "live" | "reconnecting";

/**
 * Follows a run to its end. The stream is read with fetch, for EventSource cannot send a header. After a cut it goes on behind the
 * last event that was seen, so nothing is missed and nothing comes twice.
 */
export async function follow(run: string, signal: AbortSignal, hear: (event: RunEvent) => void, link: (state: Link) => void = () => {}): Promise<void> {
  let last = 0;
  let wait = 500;
  while (!signal.aborted) {
    try {
      const answer = await send(`/v1/runs/events/${encodeURIComponent(run)}`, { signal, headers: last > 0 ? { "Last-Event-ID": String(last) } : {} }, silence);
      link("live");
      for await (const frame of frames(answer.body!)) {
        wait = 500;
        if (frame.event === "heartbeat" || frame.event === "error") continue;
        const event = JSON.parse(frame.data) as RunEvent;
        if (event.id <= last) continue;
        last = event.id;
        hear(event);
        if (event.type === "completed" || event.type === "failed") return;
      }
    } catch (problem) {
      if (signal.aborted) return;
      if (problem instanceof ApiError && (problem.status === 401 || problem.status === 404)) throw problem;
    }
    if (signal.aborted) return;
    link("reconnecting");
    await pause(wait, signal);
    wait = Math.min(wait * 2, 8000);
  }
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream), as far as the gateway uses them. */
export async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  let event = "message";
  let data: string[] = [];
  try {
    while (true) {
      const { done, value } = await heard(reader);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop()!;
      for (const raw of lines) {
        const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
        if (line === "") {
          if (data.length > 0) yield { event, data: data.join("\n") };
          event = "message";
          data = [];
          continue;
        }
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event") event = text;
        else if (name === "data") data.push(text);
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function heard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> {
  let timer = 0;
  const quiet = new Promise<never>((_, fail) => (timer = window.setTimeout(() => fail(new Error("the line is silent")), silence)));
  try {
    return await Promise.race([reader.read(), quiet]);
  } finally {
    clearTimeout(timer);
  }
}
